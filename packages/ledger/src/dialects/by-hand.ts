// What programs tell by hand over REST, in the attributes that our instrumentation writes of the same
// things, so that one dialect reads both. A test at the root holds the two equal.

import { billerOf } from '../price-model.ts';
import { providerOf } from '../reading/vocabulary.ts';

/** As OTLP has them; what is not known is left out. */
export type ToldAttributes = Record<string, string | number | boolean | readonly string[]>;

/** A name that is read as our own, and other than the instrumentation's: two may tell of one call. */
export const BY_HAND_SCOPE = '@spanledger/rest';

/** The events of a run; their names are the words that REST takes behind a prefix. */
export const RUN_EVENT_PREFIX = 'spanledger.execution.';
export const RUN_EVENTS = ['stage', 'stage_end', 'log', 'status', 'skip', 'route'] as const;
export type ToldRunEvent = (typeof RUN_EVENTS)[number];

const PARENT_SPAN_ID = 'spanledger.parent.span_id';
const STATUS = 'spanledger.status';
const ENTRY_ID = 'spanledger.entry.id';
/** Of the start of a run alone: what stands on its span is known at its end. */
const OF_START: ReadonlySet<string> = new Set([PARENT_SPAN_ID, STATUS]);

type Pairs = Readonly<Record<string, string | number | boolean>>;

/** Whom work is done for, and in what; each field under the attribute of its name here. */
export interface ToldWho {
  readonly execution_id?: string | undefined;
  readonly conversation_id?: string | undefined;
  readonly user_id?: string | undefined;
  readonly agent?: string | undefined;
  readonly agent_id?: string | undefined;
  readonly execution_step?: string | undefined;
  readonly action_type?: string | undefined;
  readonly stage?: string | undefined;
  readonly links?: Pairs | undefined;
  readonly metadata?: Pairs | undefined;
}

const WHO = [
  ['execution_id', 'spanledger.execution.id'],
  ['conversation_id', 'gen_ai.conversation.id'],
  ['user_id', 'user.id'],
  ['agent', 'gen_ai.agent.name'],
  ['agent_id', 'gen_ai.agent.id'],
  ['execution_step', 'spanledger.execution.step'],
  ['action_type', 'spanledger.action_type'],
  ['stage', 'spanledger.stage'],
] as const;

export function whoAttributes(who: ToldWho): ToldAttributes {
  const attributes: ToldAttributes = {};
  for (const [field, name] of WHO) put(attributes, name, who[field]);
  putPairs(attributes, 'spanledger.link.', who.links);
  putPairs(attributes, 'spanledger.label.', who.metadata);
  return attributes;
}

export interface ToldStart extends ToldWho {
  readonly input?: unknown;
  readonly generation?: ToldGeneration | undefined;
}

export interface ToldGeneration {
  readonly id: string;
  readonly is_update?: boolean | undefined;
  readonly existing_agent_id?: string | undefined;
  readonly model?: string | undefined;
}

/** On the span of a run, and on its first event. */
export function runAttributes(start: ToldStart): ToldAttributes {
  const attributes: ToldAttributes = {
    ...whoAttributes(start),
    'gen_ai.operation.name': 'invoke_agent',
  };
  putContent(attributes, 'spanledger.input', start.input);
  const { generation } = start;
  if (generation === undefined) return attributes;
  put(attributes, 'spanledger.generation.id', generation.id);
  put(attributes, 'spanledger.generation.is_update', generation.is_update);
  put(attributes, 'spanledger.generation.existing_agent_id', generation.existing_agent_id);
  put(attributes, 'spanledger.generation.model', generation.model);
  return attributes;
}

/** The first event of a run. `parent_span_id`: of the run that began it. */
export function startAttributes(
  run: ToldAttributes,
  status: string,
  parent_span_id: string,
): ToldAttributes {
  const attributes: ToldAttributes = { ...run, [STATUS]: status };
  if (parent_span_id !== '') attributes[PARENT_SPAN_ID] = parent_span_id;
  return attributes;
}

/** The span's attributes and its parent, from the first event as it was stored. */
export function startedRun(stored: Readonly<Record<string, string>>): {
  readonly attributes: ToldAttributes;
  readonly who: ToldAttributes;
  readonly agent: string;
  readonly parent_span_id: string;
} {
  const all = Object.entries(stored).filter(([name]) => !OF_START.has(name));
  const names = new Set<string>(WHO.map(([, name]) => name));
  const isWho = ([name]: [string, string]): boolean =>
    names.has(name) || name.startsWith('spanledger.link.') || name.startsWith('spanledger.label.');
  return {
    attributes: Object.fromEntries(all),
    who: Object.fromEntries(all.filter(isWho)),
    agent: stored['gen_ai.agent.name'] ?? '',
    parent_span_id: stored[PARENT_SPAN_ID] ?? '',
  };
}

export interface ToldError {
  /** One word to count by. */
  readonly type: string;
  readonly message: string | null;
}

export interface ToldEnd {
  readonly status?: string | undefined;
  readonly output?: unknown;
  readonly error?: ToldError | null;
  readonly retry_count?: number | undefined;
  readonly validation_errors?: readonly unknown[] | undefined;
  readonly generated_agent_schema?: unknown;
  readonly identified_skills?: unknown;
}

/** What the end of a run adds to its span; all but the output stands on its last event, too. */
export function endAttributes(end: ToldEnd): { span: ToldAttributes; event: ToldAttributes } {
  const event: ToldAttributes = { ...errorAttributes(end.error ?? null) };
  put(event, 'spanledger.generation.retry_count', end.retry_count);
  if (end.validation_errors !== undefined) {
    const { length } = end.validation_errors;
    event['spanledger.generation.validation_error_count'] = length;
    putContent(event, 'spanledger.generation.validation_errors', end.validation_errors, false);
  }
  putContent(event, 'spanledger.generation.agent_schema', end.generated_agent_schema, false);
  putContent(event, 'spanledger.generation.identified_skills', end.identified_skills, false);
  const failed = end.error !== undefined && end.error !== null;
  event[STATUS] = end.status ?? (failed ? 'failed' : 'success');
  const span = { ...event };
  putContent(span, 'spanledger.output', end.output);
  return { span, event };
}

/** `duration_ms` belongs to the last event alone: the span has its times. */
export function lastEvent(
  who: ToldAttributes,
  event: ToldAttributes,
  duration_ms: number,
): ToldAttributes {
  return { ...who, ...event, 'spanledger.duration_ms': duration_ms };
}

export interface ToldEntry {
  readonly entry_id?: string | undefined;
  readonly stage?: string | undefined;
  readonly status?: string | undefined;
  readonly duration_ms?: number | undefined;
  readonly error?: ToldError | null;
  readonly fields?: Pairs | undefined;
  readonly confidence?: number | undefined;
  readonly reasoning?: string | undefined;
  readonly candidates?: readonly string[] | undefined;
  readonly chosen?: string | undefined;
  readonly reason?: string | undefined;
}

/** What happens within a run: a stage, a line of its log, a status, a skip, a route. */
export function entryAttributes(entry: ToldEntry): ToldAttributes {
  const attributes: ToldAttributes = errorAttributes(entry.error ?? null);
  put(attributes, ENTRY_ID, entry.entry_id);
  put(attributes, 'spanledger.stage', entry.stage);
  put(attributes, STATUS, entry.status);
  put(attributes, 'spanledger.duration_ms', entry.duration_ms);
  put(attributes, 'spanledger.skip.confidence', entry.confidence);
  put(attributes, 'spanledger.skip.reasoning', entry.reasoning);
  put(attributes, 'spanledger.route.candidates', entry.candidates);
  put(attributes, 'spanledger.route.chosen', entry.chosen);
  put(attributes, 'spanledger.route.reason', entry.reason);
  putPairs(attributes, 'spanledger.log.', entry.fields);
  return attributes;
}

const TOKENS = [
  ['input_tokens', 'gen_ai.usage.input_tokens'],
  ['output_tokens', 'gen_ai.usage.output_tokens'],
  ['cache_read_tokens', 'gen_ai.usage.cache_read.input_tokens'],
  ['cache_write_tokens', 'gen_ai.usage.cache_write.input_tokens'],
  ['reasoning_tokens', 'gen_ai.usage.reasoning.output_tokens'],
  ['audio_input_tokens', 'gen_ai.usage.audio.input_tokens'],
  ['audio_output_tokens', 'gen_ai.usage.audio.output_tokens'],
  ['image_input_tokens', 'gen_ai.usage.image.input_tokens'],
] as const;

export const TOLD_TOKENS: readonly (typeof TOKENS)[number][0][] = TOKENS.map(([field]) => field);

export type ToldTokens = Readonly<Partial<Record<(typeof TOKENS)[number][0], number | undefined>>>;

export interface ToldCall extends ToldWho, ToldTokens {
  readonly model?: string | undefined;
  readonly provider?: string | undefined;
  readonly operation: string;
  readonly response_id?: string | undefined;
  readonly response_model?: string | undefined;
  readonly streaming?: boolean | undefined;
  readonly chunks?: number | undefined;
  readonly time_to_first_chunk_ms?: number | undefined;
  readonly finish_reason?: string | undefined;
  readonly prompt?: unknown;
  readonly response?: unknown;
  readonly error?: ToldError | null;
}

const MS_PER_S = 1_000;

/** One model call that has ended. */
export function callAttributes(call: ToldCall): ToldAttributes {
  const attributes: ToldAttributes = {
    'gen_ai.operation.name': call.operation,
    ...whoAttributes(call),
    'spanledger.by_hand': true,
  };
  put(attributes, 'gen_ai.request.model', call.model);
  put(attributes, 'gen_ai.provider.name', call.provider ?? providerOfModel(call.model ?? ''));
  put(attributes, 'gen_ai.response.id', call.response_id);
  put(attributes, 'gen_ai.response.model', call.response_model);
  for (const [field, name] of TOKENS) put(attributes, name, call[field]);
  put(attributes, 'gen_ai.request.stream', call.streaming);
  put(attributes, 'spanledger.stream.chunks', call.chunks);
  if (call.time_to_first_chunk_ms !== undefined) {
    const seconds = call.time_to_first_chunk_ms / MS_PER_S;
    attributes['gen_ai.response.time_to_first_chunk'] = seconds;
  }
  if (call.finish_reason !== undefined) {
    attributes['gen_ai.response.finish_reasons'] = [call.finish_reason];
  }
  putContent(attributes, 'gen_ai.input.messages', call.prompt, false);
  putContent(attributes, 'gen_ai.output.messages', call.response, false);
  return { ...attributes, ...errorAttributes(call.error ?? null) };
}

/** By the names that only their maker serves; nothing where several do. */
function providerOfModel(model: string): string | undefined {
  const biller = billerOf('', model, () => true);
  if (typeof biller === 'string') return undefined;
  return WORDS.get(biller.list) ?? providerOf(biller.list).provider;
}

/** The names of lists that are no words of the conventions. */
const WORDS: ReadonlyMap<string, string> = new Map([['x-ai', 'x_ai']]);

function errorAttributes(error: ToldError | null): ToldAttributes {
  if (error === null) return {};
  const attributes: ToldAttributes = { 'error.type': error.type };
  put(attributes, 'spanledger.error.message', error.message ?? undefined);
  return attributes;
}

function put(
  attributes: ToldAttributes,
  name: string,
  value: string | number | boolean | readonly string[] | undefined,
): void {
  if (value !== undefined && value !== '') attributes[name] = value;
}

function putPairs(attributes: ToldAttributes, prefix: string, pairs: Pairs | undefined): void {
  for (const [name, value] of Object.entries(pairs ?? {})) attributes[prefix + name] = value;
}

/** As JSON text; of what is a text itself its size as well. */
function putContent(
  attributes: ToldAttributes,
  name: string,
  value: unknown,
  sized: boolean = true,
): void {
  if (value === undefined || value === null) return;
  if (sized && typeof value === 'string') attributes[`${name}.size`] = value.length;
  attributes[name] = JSON.stringify(value);
}
