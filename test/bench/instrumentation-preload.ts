// Preloads one of the other instrumentations as its pages say: a provider, an exporter over OTLP, and
// OpenTelemetry's hooks for CommonJS and for ES modules. Which one stands behind the `?` of our address.

import { createRequire, register } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PEERS } from './instrumentation-peers.ts';

type Class = new (options?: object) => object;

const folder = process.env['BENCH_FOLDER'] ?? '';
const from = join(folder, 'package.json');
const require = createRequire(from);
const peer = PEERS[new URL(import.meta.url).search.slice(1) as keyof typeof PEERS];

function load<T>(name: string): T {
  return require(name) as T;
}

const { NodeTracerProvider, BatchSpanProcessor } = load<{
  NodeTracerProvider: new (options: object) => { register(): void };
  BatchSpanProcessor: Class;
}>('@opentelemetry/sdk-trace-node');
const { OTLPTraceExporter } = load<{ OTLPTraceExporter: Class }>(
  '@opentelemetry/exporter-trace-otlp-proto',
);
const { registerInstrumentations } = load<{ registerInstrumentations(options: object): void }>(
  '@opentelemetry/instrumentation',
);

new NodeTracerProvider({
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
}).register();
register('@opentelemetry/instrumentation/hook.mjs', pathToFileURL(from));
const { [peer.class]: Instrumentation } = load<Record<string, Class>>(peer.name);
if (Instrumentation === undefined) throw new Error(`${peer.name} has no ${peer.class}`);
// As it is by default: it finds the client itself.
registerInstrumentations({ instrumentations: [new Instrumentation()] });
