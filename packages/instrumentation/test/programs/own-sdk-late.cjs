// A program without a preload that loads its clients after its own OpenTelemetry SDK has started.

const { NodeSDK, tracing } = require('@opentelemetry/sdk-node');
const { AgentInstrumentation } = require('@spanledger/instrumentation');

const [, , openai, baseURL] = process.argv;
const exporter = new tracing.InMemorySpanExporter();
const processor = new tracing.SimpleSpanProcessor(exporter);
new NodeSDK({
  instrumentations: [new AgentInstrumentation()],
  spanProcessors: [processor],
}).start();

const OpenAI = require(openai);
const client = new OpenAI({ apiKey: 'none', baseURL });
const messages = [{ role: 'user', content: 'Hi' }];
void client.chat.completions.create({ model: 'm-chat', messages }).then(async () => {
  await processor.forceFlush();
  for (const { name } of exporter.getFinishedSpans()) console.log(name);
});
