// What we use of OpenTelemetry's SDK, in one place: the bundle that is shipped holds it, without what we
// do not use, because finding and reading its hundred files made up most of the time to start.

export { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
export {
  CompositePropagator,
  suppressTracing,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core';
export {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
export { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
