// A program without a preload that loads its clients after its own OpenTelemetry SDK has started.

import { pathToFileURL } from 'node:url';
import { NodeSDK, tracing } from '@opentelemetry/sdk-node';
import { AgentInstrumentation } from '@spanledger/instrumentation';

const [, , openai, baseURL] = process.argv;
const exporter = new tracing.InMemorySpanExporter();
const processor = new tracing.SimpleSpanProcessor(exporter);
new NodeSDK({
  instrumentations: [new AgentInstrumentation(), new AgentInstrumentation()],
  spanProcessors: [processor],
}).start();

const OpenAI = (await import(pathToFileURL(openai).href)).default;
const client = new OpenAI({ apiKey: 'none', baseURL });
const messages = [{ role: 'user', content: 'Hi' }];
await client.chat.completions.create({ model: 'm-chat', messages });
await processor.forceFlush();
for (const { name } of exporter.getFinishedSpans()) console.log(name);
