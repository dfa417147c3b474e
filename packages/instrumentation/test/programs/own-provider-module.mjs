// A program of ES modules that registers a provider of its own, with the API that `import` gives.

import { trace } from '@opentelemetry/api';

const asked = [];
const none = { startSpan: () => undefined, startActiveSpan: () => undefined };
const provider = { getTracer: (name) => (asked.push(name), none) };
console.log('taken:', trace.setGlobalTracerProvider(provider));
trace.getTracer('of the program').startSpan('work');
console.log('asked:', asked.join());
