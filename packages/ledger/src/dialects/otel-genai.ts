// OpenTelemetry's own GenAI instrumentations, by old and new conventions, and what our
// instrumentation emits: the same names, plus a few of its own.

import { attribute, type Dialect, type FactDraft, type RecordView } from '../dialect.ts';
import { hasUsage } from '../reading/figures.ts';
import { DETAILS_EVENT, readGenAi } from '../reading/gen-ai.ts';
import { addDoubt, addMark } from '../reading/outcome.ts';

const OPERATION_NAME = attribute('gen_ai.operation.name');
const AUDIO_FROM_CACHE = attribute('gen_ai.usage.audio.cache_read.input_tokens');
const IMAGE_FROM_CACHE = attribute('gen_ai.usage.image.cache_read.input_tokens');
const OWN_EVENT_PREFIX = 'spanledger.';
const ESTIMATED_OUTPUT = attribute('spanledger.estimate.output_tokens');
const CALL_WITHIN = attribute('spanledger.call.within');
const USAGE_OF_RUN = attribute('spanledger.usage.of_run');

/** Reports from callbacks, beside the span that is current. */
const CALLBACK_SCOPE = 'opentelemetry.instrumentation.genai.langchain';

const OWN_SCOPE = '@spanledger/';

/** Emitters known to make their span the current one; each by a capture. */
const SCOPES = [
  OWN_SCOPE,
  '@opentelemetry/instrumentation-',
  '@elastic/opentelemetry-instrumentation-',
  'opentelemetry.instrumentation.genai.',
  'opentelemetry.instrumentation.openai_v2',
  'opentelemetry.instrumentation.vertexai',
  'opentelemetry.instrumentation.openai_agents',
  'opentelemetry.util.genai',
] as const;

export const otelGenAi: Dialect = {
  name: 'otel-genai',
  recognises_by: 'shape',

  recognises(record) {
    if (!SCOPES.some((scope) => record.scope.startsWith(scope))) return false;
    if (record.signal === 'span') return record.has(OPERATION_NAME);
    return record.name === DETAILS_EVENT || record.name.startsWith(OWN_EVENT_PREFIX);
  },

  read(record, fact) {
    readGenAi(record, fact);
    if (record.signal === 'log' && record.name.startsWith(OWN_EVENT_PREFIX)) {
      // A start or stage event of running work, not a finished record.
      fact.kind = 'step';
      return true;
    }
    fact.cache_convention = 'included';
    fact.reasoning_convention = 'included';
    // What of the cache is audio or image is in the figure of the cache already.
    fact.audio_input_tokens = less(fact.audio_input_tokens, record.count(AUDIO_FROM_CACHE));
    fact.image_input_tokens = less(fact.image_input_tokens, record.count(IMAGE_FROM_CACHE));
    if (record.scope.startsWith(CALLBACK_SCOPE)) addMark(fact, 'not_current');
    // Others write usage for every plain answer, so only a stream can lack it; we say what was a stream.
    const others = !record.scope.startsWith(OWN_SCOPE);
    const answered = others && fact.marks.includes('answered') && fact.status !== 'error';
    if (answered && fact.kind === 'llm' && !hasUsage(fact)) fact.streaming ??= true;
    if (record.has(CALL_WITHIN)) addMark(fact, 'apart_from_above');
    if (record.flag(USAGE_OF_RUN) === true) addDoubt(fact, 'may_hold_several_bills');
    readEstimate(record, fact);
    if (isLeftStream(record, fact)) addDoubt(fact, 'stream_aborted');
    return true;
  },
};

function less(whole: number | null, part: number | null): number | null {
  return whole === null || part === null ? whole : Math.max(0, whole - part);
}

/** Of a stream that told no usage we say how much text came: a hint, never a figure. */
function readEstimate(record: RecordView, fact: FactDraft): void {
  const estimated = record.count(ESTIMATED_OUTPUT);
  if (estimated === null || hasUsage(fact)) return;
  fact.output_tokens = estimated;
  addMark(fact, 'estimate');
}

/** What opens a stream of this provider tells usage already; the reason for its end comes last. */
function isLeftStream(record: RecordView, fact: FactDraft): boolean {
  if (record.signal !== 'span' || fact.kind !== 'llm' || fact.streaming !== true) return false;
  return fact.provider === 'anthropic' && hasUsage(fact) && fact.finish_reasons.length === 0;
}
