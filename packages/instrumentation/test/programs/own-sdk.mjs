// A program that starts its own OpenTelemetry SDK and has us as one of its instrumentations.

import { pathToFileURL } from 'node:url';
import { NodeSDK, tracing } from '@opentelemetry/sdk-node';
import { AgentInstrumentation, ContextSpanProcessor, withAgent } from '@spanledger/instrumentation';

const [, , openai, openaiUrl, anthropic, anthropicUrl] = process.argv;
const load = async (sdk) => (await import(pathToFileURL(sdk).href)).default;

const exporter = new tracing.InMemorySpanExporter();
const instrumentation = new AgentInstrumentation();
const sdk = new NodeSDK({
  instrumentations: [instrumentation],
  spanProcessors: [new ContextSpanProcessor(), new tracing.SimpleSpanProcessor(exporter)],
});
sdk.start();

const OpenAI = await load(openai);
const Anthropic = await load(anthropic);
const messages = [{ role: 'user', content: 'Hi' }];
await withAgent({ name: 'planner', context: { conversation_id: 'talk-1' } }, async () => {
  const client = new OpenAI({ apiKey: 'none', baseURL: openaiUrl });
  await client.chat.completions.create({ model: 'm-chat', messages });
  const other = new Anthropic({ apiKey: 'none', baseURL: anthropicUrl });
  await other.messages.create({ model: 'm-create', max_tokens: 9, messages });
  instrumentation.disable();
  await client.chat.completions.create({ model: 'm-unrecorded', messages });
});
for (const span of exporter.getFinishedSpans()) {
  const { name, attributes, parentSpanContext } = span;
  console.log(
    JSON.stringify({
      name,
      parent: parentSpanContext?.spanId !== undefined,
      scope: span.instrumentationScope.name,
      input: attributes['gen_ai.usage.input_tokens'],
      finish: attributes['gen_ai.response.finish_reasons'],
      agent: attributes['gen_ai.agent.name'],
      conversation: attributes['gen_ai.conversation.id'],
    }),
  );
}
