// OpenTelemetry's own GenAI instrumentations, by old and new conventions, and what our
// instrumentation emits: the same names, plus a few of its own.

import { attribute, type Dialect } from '../dialect.ts';
import { readGenAi } from './generic.ts';

const OPERATION_NAME = attribute('gen_ai.operation.name');
const DETAILS_EVENT = 'gen_ai.client.inference.operation.details';

/** Emitters known to make their span the current one; each by a capture. */
const SCOPES = [
  '@spanledger/',
  '@opentelemetry/instrumentation-',
  '@elastic/opentelemetry-instrumentation-',
  'opentelemetry.instrumentation.genai.',
  'opentelemetry.instrumentation.openai_v2',
  'opentelemetry.instrumentation.google_genai',
  'opentelemetry.instrumentation.vertexai',
  'opentelemetry.instrumentation.openai_agents',
  'opentelemetry.instrumentation.botocore',
  'opentelemetry.util.genai',
] as const;

export const otelGenAi: Dialect = {
  name: 'otel-genai',

  recognises(record) {
    if (!SCOPES.some((scope) => record.scope.startsWith(scope))) return false;
    return record.signal === 'log' ? record.name === DETAILS_EVENT : record.has(OPERATION_NAME);
  },

  read(record, fact) {
    readGenAi(record, fact);
    if (fact.cache_convention === 'unknown') fact.cache_convention = 'included';
    fact.reasoning_convention = 'included';
    return true;
  },
};
