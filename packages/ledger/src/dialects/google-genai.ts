// OpenTelemetry's instrumentation of Google's GenAI SDK. With automatic function calling the SDK
// itself asks the model again, within one span that holds the last answer's figures only.

import { attribute, type Dialect } from '../dialect.ts';
import { DETAILS_EVENT, readGenAi } from '../reading/gen-ai.ts';
import { addMark } from '../reading/outcome.ts';

const OPERATION_NAME = attribute('gen_ai.operation.name');
/** Written by Google's agent framework, which takes these spans as its own. */
const EVENT_ID = attribute('gcp.vertex.agent.event_id');
const SCOPES = [
  'opentelemetry.instrumentation.google_genai',
  'opentelemetry.instrumentation.genai.google',
] as const;

export const googleGenAi: Dialect = {
  name: 'google-genai',
  recognises_by: 'shape',

  recognises(record) {
    if (!SCOPES.some((scope) => record.scope.startsWith(scope))) return false;
    return record.signal === 'span' ? record.has(OPERATION_NAME) : record.name === DETAILS_EVENT;
  },

  read(record, fact) {
    readGenAi(record, fact);
    fact.cache_convention = 'included';
    fact.reasoning_convention = 'included';
    if (fact.kind !== 'llm') return true;
    addMark(fact, 'calls_tools_itself');
    if (record.has(EVENT_ID)) fact.emitter_event_id = EVENT_ID;
    return true;
  },
};
