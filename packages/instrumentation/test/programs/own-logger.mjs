// A program with an OpenTelemetry SDK of its own, a logger included; prints the events that reach it.

import { logs, NodeSDK, tracing } from '@opentelemetry/sdk-node';
import {
  AgentInstrumentation,
  flush,
  log,
  withAgent,
  withStage,
} from '@spanledger/instrumentation';

const spans = new tracing.InMemorySpanExporter();
const records = new logs.InMemoryLogRecordExporter();
const exporter = process.argv[2] === 'throws' ? broken() : records;
const sdk = new NodeSDK({
  instrumentations: [new AgentInstrumentation()],
  spanProcessors: [new tracing.SimpleSpanProcessor(spans)],
  logRecordProcessors: [new logs.SimpleLogRecordProcessor({ exporter })],
});
sdk.start();

function broken() {
  return { export: () => { throw new Error('of the exporter'); }, shutdown: async () => {} }; // prettier-ignore
}

const returned = withAgent('own', () => withStage('init', () => (log('a line'), 42)));
await flush();
const [span] = spans.getFinishedSpans();
for (const record of records.getFinishedLogRecords()) {
  const { eventName, body, spanContext, attributes } = record;
  const same = spanContext?.spanId === span.spanContext().spanId;
  console.log(
    eventName,
    body ?? attributes['spanledger.stage'] ?? attributes['spanledger.status'],
    same,
  );
}
console.log(returned, span.events.length);
