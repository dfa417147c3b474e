// Finds executions and what belongs to them: their calls, what their spans say in words, what they told
// while they went on, and content where it may be seen.

import { PROMPTS, RESPONSES, SpanledgerError } from '@spanledger/ledger';
import type {
  ExecutionAt,
  ExecutionEvent,
  ModelCall,
  Period,
  SpanDetail,
  Store,
} from '@spanledger/store';
import type { Stages } from '../stages.ts';

const NS_PER_S = 1_000_000_000n;
const HOUR_S = 3_600;
const EVENT_PREFIX = 'spanledger.execution.';
const SHOWN_CHARACTERS = 80;
const CALLS_PER_PAGE = 10_000;
/** Calls of the executions of one answer. */
const CALLS_MAX = 200_000;

/** A record of a trace, with its beginning. */
interface Placed {
  readonly trace_id: string;
  readonly span_id: string;
  readonly start_ns: bigint;
}

/** Throws `not_found` where the organisation has none with this id. */
export async function findExecution(
  { store, config }: Stages,
  org: string,
  execution_id: string,
): Promise<ExecutionAt> {
  const [place] = await store.ask('find_execution', { org, execution: execution_id });
  if (place !== undefined) {
    const { trace_id: trace, span_id: span } = place;
    const from_s = secondOf(place.start_ns) - HOUR_S;
    const { abandoned_ms } = config;
    const asked = { org, from_s, to_s: from_s + 2 * HOUR_S, trace, span, abandoned_ms };
    const [found] = await store.ask('executions', asked);
    if (found !== undefined) return found;
  }
  throw new SpanledgerError('not_found', `execution ${execution_id.slice(0, SHOWN_CHARACTERS)}`);
}

/** The other runs of its trace, itself included. */
export async function runsBeside(
  { store, config }: Stages,
  org: string,
  { trace_id: trace, start_ns }: ExecutionAt,
  reach_s: number,
): Promise<readonly ExecutionAt[]> {
  const second = secondOf(start_ns);
  const period = { from_s: Math.max(0, second - reach_s), to_s: second + reach_s };
  return store.ask('executions', { org, ...period, trace, abandoned_ms: config.abandoned_ms });
}

/** The model calls of some executions, by their span. */
export async function callsOf(
  { store }: Stages,
  org: string,
  rows: readonly ExecutionAt[],
): Promise<ReadonlyMap<string, readonly ModelCall[]>> {
  const found = new Map<string, ModelCall[]>(rows.map((row) => [row.span_id, []]));
  if (rows.length === 0) return found;
  const starts = rows.map(({ start_ns }) => secondOf(start_ns));
  const ends = rows.map(({ last_seen_ns, start_ns, duration_ms }) =>
    Math.max(secondOf(last_seen_ns), secondOf(start_ns) + Math.ceil((duration_ms ?? 0) / 1_000)),
  );
  const from_s = Math.max(0, Math.min(...starts) - 1);
  const to_s = Math.max(...ends, ...starts) + HOUR_S;
  const traces = [...new Set(rows.map(({ trace_id }) => trace_id))];
  const calls = await allCalls(store, { org, from_s, to_s, traces });
  for (const call of calls.toReversed()) {
    const owner = rows.find((row) => belongsTo(call, row));
    if (owner !== undefined) found.get(owner.span_id)?.push(call);
  }
  return found;
}

/** The latest first. Throws `answer_too_large`: a time without models is told of all calls or of none. */
async function allCalls(
  store: Store,
  asked: Period & { readonly traces: readonly string[] },
): Promise<ModelCall[]> {
  const calls: ModelCall[] = [];
  let place = {};
  for (;;) {
    const page = await store.ask('model_calls', { ...asked, ...place, limit: CALLS_PER_PAGE });
    calls.push(...page);
    const last = page.at(-1);
    if (last === undefined || page.length < CALLS_PER_PAGE) return calls;
    if (calls.length >= CALLS_MAX) {
      throw new SpanledgerError(
        'answer_too_large',
        `limit: ${CALLS_MAX} model calls; ask for less`,
      );
    }
    place = {
      ...{ before_ns: String(last.start_ns), before_trace: last.trace_id },
      ...{ before_span: last.span_id, before_event: last.event_id },
    };
  }
}

/** Of a run that is not over, calls have no run above them yet: its own id or its agent tells. */
function belongsTo(call: ModelCall, row: ExecutionAt): boolean {
  if (call.trace_id !== row.trace_id) return false;
  if (call.agent_span_id !== '') return call.agent_span_id === row.span_id;
  if (call.execution_id !== '') return call.execution_id === row.execution_id;
  return !row.over && call.agent_name === row.agent_name;
}

/** What spans say in words, by their id. */
export async function detailsOf(
  { store }: Stages,
  org: string,
  places: readonly Placed[],
): Promise<ReadonlyMap<string, SpanDetail>> {
  if (places.length === 0) return new Map();
  const found = await store.ask('span_details', { org, ...spansOf(places) });
  return new Map(found.map((one) => [one.span_id, one]));
}

export interface Content {
  readonly given: unknown;
  readonly made: unknown;
}

/** What was said and answered, by span; JSON where it is JSON, null where none is kept. */
export async function contentOf(
  { store }: Stages,
  org: string,
  places: readonly Placed[],
): Promise<ReadonlyMap<string, Content>> {
  if (places.length === 0) return new Map();
  const names = [...PROMPTS, ...RESPONSES];
  const found = await store.ask('span_content', { org, ...spansOf(places), names });
  return new Map(
    found.map(({ span_id, content }) => [
      span_id,
      { given: firstOf(content, PROMPTS), made: firstOf(content, RESPONSES) },
    ]),
  );
}

/** What the runs of its trace told, in order; from their spans where a program sent no events. */
export async function eventsOf(
  stages: Stages,
  org: string,
  row: ExecutionAt,
): Promise<readonly ExecutionEvent[]> {
  const from_s = Math.max(0, secondOf(row.start_ns) - HOUR_S);
  const asked = { org, from_s, to_s: secondOf(row.start_ns) + HOUR_S, trace: row.trace_id };
  const told = await stages.store.ask('execution_events', asked);
  const own = told.filter(({ span_id }) => span_id === row.span_id);
  if (own.some(({ event }) => event !== 'span')) return told;
  const detail = (await detailsOf(stages, org, [row])).get(row.span_id);
  return detail === undefined ? told : [...told, ...eventsOnSpan(row, detail)];
}

function eventsOnSpan(row: ExecutionAt, detail: SpanDetail): readonly ExecutionEvent[] {
  return detail.event_names.flatMap((name, at) => {
    if (!name.startsWith(EVENT_PREFIX)) return [];
    const attributes = detail.event_attributes[at] ?? {};
    const duration = attributes['spanledger.duration_ms'];
    return {
      ...{ trace_id: row.trace_id, span_id: row.span_id, parent_span_id: row.parent_span_id },
      ...{ execution_id: row.execution_id, agent_name: row.agent_name },
      event: name.slice(EVENT_PREFIX.length),
      status: attributes['spanledger.status'] ?? '',
      stage: attributes['spanledger.stage'] ?? '',
      message: attributes['message'] ?? '',
      error_type: attributes['error.type'] ?? '',
      duration_ms: duration === undefined ? null : Number(duration),
      time_ns: BigInt(detail.event_times[at] ?? 0),
      attributes,
    };
  });
}

function spansOf(places: readonly Placed[]): {
  readonly traces: readonly string[];
  readonly hours: readonly number[];
} {
  const hours = places.map(({ start_ns }) => secondOf(start_ns) - (secondOf(start_ns) % HOUR_S));
  return {
    traces: [...new Set(places.map(({ trace_id }) => trace_id))],
    hours: [...new Set(hours)],
  };
}

function firstOf(content: Readonly<Record<string, string>>, names: readonly string[]): unknown {
  const name = names.find((one) => (content[one] ?? '') !== '');
  return name === undefined ? null : readJson(content[name] ?? '');
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function secondOf(time_ns: bigint): number {
  return Number(time_ns / NS_PER_S);
}
