// The vLLM server: its side of a call, with the figures it measured itself. Beneath the client's
// span it is an echo; alone it is the only record of the call.

import { attribute, type Dialect } from '../dialect.ts';
import { readGenAi } from '../reading/gen-ai.ts';
import { addMark } from '../reading/outcome.ts';

const QUEUE_SECONDS = attribute('gen_ai.latency.time_in_queue');
const END_TO_END_SECONDS = attribute('gen_ai.latency.e2e');
const REQUEST_ID = attribute('gen_ai.request.id');
const SEQUENCES = attribute('gen_ai.usage.num_sequences');
const SCOPE = 'vllm.';

export const vllm: Dialect = {
  name: 'vllm',
  recognises_by: 'shape',

  recognises(record) {
    if (record.signal !== 'span') return false;
    if (record.scope.startsWith(SCOPE) || record.scope === 'vllm') return true;
    return record.has(QUEUE_SECONDS) || record.has(END_TO_END_SECONDS) || record.has(SEQUENCES);
  },

  read(record, fact) {
    readGenAi(record, fact);
    fact.kind = 'llm';
    fact.operation = 'chat';
    fact.provider = fact.provider || 'vllm';
    // The name of the request within the server; what the client sees is derived from it.
    if (record.has(REQUEST_ID)) fact.emitter_event_id = REQUEST_ID;
    fact.cache_convention = 'included';
    fact.reasoning_convention = 'included';
    // The time is written for whole answers as well, so it does not say that this was a stream.
    fact.streaming = null;
    if (fact.output_tokens !== null && fact.output_tokens > 0) addMark(fact, 'answered');
    return true;
  },
};
