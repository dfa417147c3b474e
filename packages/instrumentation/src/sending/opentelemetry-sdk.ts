// What we use of OpenTelemetry's SDK, loaded by `require`: it is CommonJS, and importing that from
// an ES module makes Node read all of its files twice, which made up a good part of the time to start.

import { createRequire } from 'node:module';
import type { ResourceDetector } from '@opentelemetry/resources';

const require = createRequire(import.meta.url);
const core = require('@opentelemetry/core') as typeof import('@opentelemetry/core');
const resources = require('@opentelemetry/resources') as typeof import('@opentelemetry/resources');
const sdk =
  require('@opentelemetry/sdk-trace-base') as typeof import('@opentelemetry/sdk-trace-base');
const contexts =
  require('@opentelemetry/context-async-hooks') as typeof import('@opentelemetry/context-async-hooks');

export const { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } = core;
export const { suppressTracing } = core;
export const { defaultResource, detectResources, resourceFromAttributes } = resources;
export const envDetector: ResourceDetector = resources.envDetector;
export const { BasicTracerProvider } = sdk;
export const { AsyncLocalStorageContextManager } = contexts;
