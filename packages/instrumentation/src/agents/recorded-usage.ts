// Usage told by hand, for model calls that no instrumentation reaches: one span that is the call.

import { context, type Attributes } from '@opentelemetry/api';
import { contextWith, type AgentContext } from '../context/agent-context.ts';
import { Call } from '../calls/call.ts';
import { given, givenCount, givenNumber, givenText } from '../context/given.ts';
import { spanProvider } from '../calls/model-provider.ts';
import { put } from '../calls/request.ts';
import { ACTION_TYPE, ERROR_MESSAGE, RECORDED_BY_HAND } from '../run-attributes.ts';
import { isRecording } from '../calls/recording.ts';
import { errorMessage, errorWord } from './given-error.ts';
import { safely, warnOnce } from '../safely.ts';
import * as names from '../semantic-conventions.ts';

/** Tokens are whole numbers; what is not known is left out, never 0. */
export interface RecordedUsage {
  /** Who asked, where no `withAgent` around it says so. */
  agent?: string;
  /** What for: generate, stream, analyze, … */
  action?: string;
  model: string;
  /** Told from the model's name where it is left out and the name tells it. */
  provider?: string;
  /** All input, tokens read from and written to a cache included. */
  inputTokens?: number;
  /** All output, reasoning included. */
  outputTokens?: number;
  cacheReadTokens?: number;
  cacheWriteTokens?: number;
  reasoningTokens?: number;
  audioInputTokens?: number;
  audioOutputTokens?: number;
  imageInputTokens?: number;
  /** `chat` when left out; `embeddings`, `text_completion`, … */
  operation?: string;
  /** The provider's id of the answer: two records with the same id are one call. */
  responseId?: string;
  /** How long the call took until now, in ms. */
  durationMs?: number;
  /** What went wrong, when the call failed. */
  error?: unknown;
  /** At most 16 values, as `labels` of a context. */
  metadata?: Readonly<Record<string, string | number | boolean>>;
  /** Who the work was done for. */
  context?: AgentContext;
}

const TOKENS = [
  ['inputTokens', names.USAGE_INPUT_TOKENS],
  ['outputTokens', names.USAGE_OUTPUT_TOKENS],
  ['cacheReadTokens', names.USAGE_CACHE_READ_INPUT_TOKENS],
  ['cacheWriteTokens', names.USAGE_CACHE_WRITE_INPUT_TOKENS],
  ['reasoningTokens', names.USAGE_REASONING_OUTPUT_TOKENS],
  ['audioInputTokens', names.USAGE_AUDIO_INPUT_TOKENS],
  ['audioOutputTokens', names.USAGE_AUDIO_OUTPUT_TOKENS],
  ['imageInputTokens', names.USAGE_IMAGE_INPUT_TOKENS],
] as const;
const DURATION_LIMIT_MS = 7 * 24 * 3600 * 1000;

/** Records one model call that has ended. Never throws. */
export function recordUsage(usage: RecordedUsage): void {
  safely('usage told by hand', () => {
    if (isRecording()) write(usage);
  });
}

function write(usage: unknown): void {
  const model = givenText(usage, 'model') || null;
  const attributes: Attributes = { [RECORDED_BY_HAND]: true };
  const named = givenText(usage, 'provider') || null;
  put(attributes, names.PROVIDER_NAME, named ?? (model === null ? null : spanProvider(model)));
  put(attributes, names.AGENT_NAME, givenText(usage, 'agent') || null);
  put(attributes, ACTION_TYPE, givenText(usage, 'action') || null);
  put(attributes, names.RESPONSE_ID, givenText(usage, 'responseId') || null);
  for (const [field, name] of TOKENS) put(attributes, name, givenCount(usage, field));
  if (model === null && TOKENS.every(([, name]) => attributes[name] === undefined)) {
    warnOnce('recordUsage', 'recordUsage without a model and without tokens records nothing');
    return;
  }
  const labelled = contextWith(context.active(), { labels: given(usage, 'metadata') });
  const took_ms = givenNumber(usage, 'durationMs', DURATION_LIMIT_MS) ?? 0;
  const call = new Call(givenText(usage, 'operation') || 'chat', model, attributes, {
    active: contextWith(labelled, given(usage, 'context')),
    startedAt_ms: performance.now() - took_ms,
    firstChunk_ms: null,
    chunks: 0,
  });
  const error = given(usage, 'error');
  if (error === undefined || error === null) return call.succeed({});
  const told: Attributes = {};
  put(told, ERROR_MESSAGE, errorMessage(error));
  call.fail({ type: errorWord(error), status: null, cancelled: false }, told);
}
