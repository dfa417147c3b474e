// The spans that Anthropic's own SDKs write as soon as a global tracer provider exists. Input holds
// the cache; counting tokens is no model call.

import { attribute, type Dialect } from '../dialect.ts';
import { readGenAi } from '../reading/gen-ai.ts';
import { addDoubt, addMark } from '../reading/outcome.ts';
import { finishReasonOf } from '../reading/vocabulary.ts';

const OPERATION_NAME = attribute('gen_ai.operation.name');
const STOP_REASON = attribute('anthropic.message.stop_reason');

export const anthropicNative: Dialect = {
  name: 'anthropic-native',
  recognises_by: 'shape',

  recognises(record) {
    return record.scope.startsWith('com.anthropic.sdk.');
  },

  read(record, fact) {
    readGenAi(record, fact);
    fact.cache_convention = 'included';
    fact.reasoning_convention = 'included';
    if (!record.has(OPERATION_NAME)) fact.kind = 'other';
    const reason = record.text(STOP_REASON);
    if (reason !== null && fact.finish_reasons.length === 0) {
      fact.finish_reasons = [finishReasonOf(reason)];
      addMark(fact, 'answered');
    }
    // The reason comes with the last event of a stream, and so do the output's figures.
    if (fact.streaming === true && fact.input_tokens !== null && fact.output_tokens === null) {
      addDoubt(fact, 'stream_aborted');
    }
    return true;
  },
};
