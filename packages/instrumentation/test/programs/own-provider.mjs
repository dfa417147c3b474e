// The OpenTelemetry set-up of a program: a provider of its own, registered before us or after by the
// order of the flags. Its packages are found from OWN_OTEL, a package.json, and are of the line OWN_SDK.

import { createRequire } from 'node:module';

const require = createRequire(process.env.OWN_OTEL);
const { context, propagation, trace } = require('@opentelemetry/api');
const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks');
const { W3CTraceContextPropagator } = require('@opentelemetry/core');
const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-http');
const { resourceFromAttributes } = require('@opentelemetry/resources');

/** From 3 on one package, and one options object. */
function newest() {
  const { BatchSpanProcessor, TracerProvider } = require('@opentelemetry/sdk-trace');
  return [TracerProvider, (exporter) => new BatchSpanProcessor({ exporter })];
}

function second() {
  const { BasicTracerProvider, BatchSpanProcessor } = require('@opentelemetry/sdk-trace-base');
  return [BasicTracerProvider, (exporter) => new BatchSpanProcessor(exporter)];
}

const [Provider, processor] = process.env.OWN_SDK === 'otel-3' ? newest() : second();
const provider = new Provider({
  resource: resourceFromAttributes({ 'service.name': process.env.OWN_SERVICE }),
  spanProcessors: [processor(new OTLPTraceExporter())],
});
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
propagation.setGlobalPropagator(new W3CTraceContextPropagator());
trace.setGlobalTracerProvider(provider);
process.once('beforeExit', () => provider.forceFlush());
process.once('SIGTERM', () => void provider.forceFlush().finally(() => process.exit(143)));
