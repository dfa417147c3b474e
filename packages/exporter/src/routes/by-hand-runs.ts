// Runs that are told by hand. Where a run lies is decided when it begins; what comes later finds that
// place in what is stored, so that nothing need be kept between two requests.

import { randomUUID } from 'node:crypto';
import {
  endAttributes,
  entryAttributes,
  lastEvent,
  runAttributes,
  RUN_EVENT_PREFIX,
  SpanledgerError,
  startAttributes,
  startedRun,
  type ToldEnd,
  type ToldEntry,
  type ToldError,
  type ToldGeneration,
  type ToldStart,
} from '@spanledger/ledger';
import type { RunPlaceRow } from '@spanledger/store';
import { nanoseconds, placeOf, sendEvent, sendSpan, type Source } from './by-hand-body.ts';
import type { Stages } from '../stages.ts';

/** What is told of an error: a text, or its type and message. */
export type GivenError =
  string | { readonly type?: string | undefined; readonly message?: string | undefined };

interface Start extends Omit<ToldStart, 'generation'>, Source {
  readonly agent: string;
  readonly status?: string | undefined;
  readonly parent_execution_id?: string | undefined;
  readonly started_at?: number | undefined;
}

/** Where it lies; `repeated`: it was told before, and nothing was written. */
export interface Told {
  readonly execution_id: string;
  readonly trace_id: string;
  readonly span_id: string;
  readonly repeated: boolean;
}

const FIRST_STATUS = 'running';
const FAILED: ReadonlySet<string> = new Set(['failed', 'timeout']);
const OTHER_ERROR = '_OTHER';
const ERROR_WORD = /^[\w.-]{1,64}$/;
const NS_PER_MS = 1_000_000;
const TEXT_CHARACTERS_MAX = 1_024;

export async function startRun(
  stages: Stages,
  org: string,
  { parent_execution_id, started_at, status = FIRST_STATUS, ...given }: Start,
  generation?: Omit<ToldGeneration, 'id'>,
): Promise<Told> {
  const execution_id = given.execution_id ?? randomUUID();
  const known = given.execution_id === undefined ? null : await findRun(stages, org, execution_id);
  if (known !== null) return toldOf(execution_id, known, true);
  const parent =
    parent_execution_id === undefined ? null : await runOf(stages, org, parent_execution_id);
  const own = placeOf(org, 'execution', execution_id);
  const place = { trace_id: parent?.trace_id ?? own.trace_id, span_id: own.span_id };
  const told = generation === undefined ? undefined : { ...generation, id: execution_id };
  const run = runAttributes({ ...given, execution_id, generation: told });
  await sendEvent(stages, org, given, {
    ...place,
    name: `${RUN_EVENT_PREFIX}start`,
    time_ns: nanoseconds(started_at ?? Date.now()),
    attributes: startAttributes(run, status, parent?.span_id ?? ''),
  });
  return toldOf(execution_id, place, false);
}

interface Entry extends Omit<ToldEntry, 'error'> {
  readonly execution_id: string;
  readonly at?: number | undefined;
  readonly message?: string | undefined;
  readonly error?: GivenError | undefined;
}

export async function noteEntry(
  stages: Stages,
  org: string,
  name: string,
  { execution_id, at, message, error, ...entry }: Entry,
): Promise<Told> {
  const run = await runOf(stages, org, execution_id);
  if (entry.entry_id !== undefined && run.entries.includes(entry.entry_id)) {
    return toldOf(execution_id, run, true);
  }
  const started = await startOf(stages, org, run);
  const told = { ...entry, error: errorOf(error) };
  await sendEvent(stages, org, started.source, {
    ...placeIn(run),
    name,
    time_ns: nanoseconds(at ?? Date.now()),
    body: message,
    attributes: { ...started.who, ...entryAttributes(told) },
  });
  return toldOf(execution_id, run, false);
}

interface End extends Omit<ToldEnd, 'error'> {
  readonly execution_id: string;
  readonly ended_at?: number | undefined;
  readonly error?: GivenError | undefined;
}

export async function endRun(
  stages: Stages,
  org: string,
  { execution_id, ended_at, error, ...end }: End,
): Promise<Told> {
  const run = await runOf(stages, org, execution_id);
  if (run.ended) return toldOf(execution_id, run, true);
  const started = await startOf(stages, org, run);
  const end_ns = nanoseconds(ended_at ?? Date.now());
  if (end_ns < run.start_ns) {
    throw new SpanledgerError('invalid_parameter', 'ended_at; allowed: a time after the start');
  }
  const told = endAttributes({ ...end, error: errorOf(error) });
  const place = placeIn(run);
  await sendSpan(stages, org, started.source, {
    ...place,
    parent_span_id: started.parent_span_id,
    name: `invoke_agent ${started.agent}`,
    kind: 'internal',
    start_ns: run.start_ns,
    end_ns,
    attributes: { ...started.attributes, ...told.span },
    failed: error !== undefined || FAILED.has(end.status ?? ''),
  });
  // The event comes last: without it the end is not known, and telling it again writes the same span.
  await sendEvent(stages, org, started.source, {
    ...place,
    name: `${RUN_EVENT_PREFIX}end`,
    time_ns: end_ns,
    attributes: lastEvent(started.who, told.event, Number(end_ns - run.start_ns) / NS_PER_MS),
  });
  return toldOf(execution_id, run, false);
}

/** Throws `not_found` for a run that nobody told of. */
export async function runOf(
  stages: Stages,
  org: string,
  execution_id: string,
): Promise<RunPlaceRow> {
  const found = await findRun(stages, org, execution_id);
  if (found !== null) return found;
  throw new SpanledgerError('not_found', `execution ${execution_id}: begin it first`);
}

async function findRun(
  { store }: Stages,
  org: string,
  execution: string,
): Promise<RunPlaceRow | null> {
  const [found] = await store.ask('run_place', { org, execution });
  return found ?? null;
}

/** What the first event said of the run; nothing of one that only its span tells of. */
async function startOf({ store }: Stages, org: string, run: RunPlaceRow) {
  const { trace_id: trace, span_id: span, start_ns } = run;
  const [start] = await store.ask('run_start', { org, trace, span, start_ns: String(start_ns) });
  const { service_name, environment, attributes = {} } = start ?? {};
  return {
    ...startedRun(attributes),
    source: {
      service_name: service_name === '' ? undefined : service_name,
      environment: environment === '' ? undefined : environment,
    },
  };
}

export function errorOf(error: GivenError | undefined): ToldError | null {
  if (error === undefined) return null;
  const { type, message } =
    typeof error === 'string'
      ? { type: ERROR_WORD.test(error) ? error : undefined, message: error }
      : error;
  return { type: type ?? OTHER_ERROR, message: message?.slice(0, TEXT_CHARACTERS_MAX) ?? null };
}

function placeIn({ trace_id, span_id }: RunPlaceRow) {
  return { trace_id, span_id };
}

function toldOf(
  execution_id: string,
  { trace_id, span_id }: { trace_id: string; span_id: string },
  repeated: boolean,
): Told {
  return { execution_id, trace_id, span_id, repeated };
}
