// A program whose own telemetry fails at every step: the agent in it must not notice.

import { pathToFileURL } from 'node:url';
import { trace } from '@opentelemetry/api';
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { AgentInstrumentation, withAgent } from '@spanledger/instrumentation';
import { run } from './openai-scenarios.mjs';

const [, , sdk, baseURL, place] = process.argv;
const OpenAI = (await import(pathToFileURL(sdk).href)).default;
const fail = (at) => () => {
  if (at === place) throw new Error(`telemetry fails at ${at}`);
};
if (place !== 'nowhere') {
  const processor = {
    onStart: fail('start'),
    onEnding: fail('ending'),
    onEnd: fail('end'),
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const sampler = {
    shouldSample: () => {
      fail('sampler')();
      return { decision: 2 };
    },
  };
  const exporter = { export: fail('export'), forceFlush: async () => {}, shutdown: async () => {} };
  const spanProcessors = [processor, new SimpleSpanProcessor(exporter)];
  const provider = new BasicTracerProvider({ sampler, spanProcessors });
  trace.setGlobalTracerProvider(provider);
  new AgentInstrumentation();
}
const names =
  'm-chat,m-stream,m-tool-stream,m-break,m-missing,m-retry,m-responses-stream,m-embeddings';
await withAgent('agent', () => run(OpenAI, baseURL, names));
