// Calls beside sums, both ways: which calls without a place may keep a sum from billing, and which
// sums a call may keep so. Whether a call has a place, and whether a sum is alone, only the whole of
// its trace tells; of that an outline is read.

import {
  isBeside,
  loneSums,
  looksLikeCall,
  Places,
  ServiceTimes,
  type Fact,
  type Outline,
  type Underway,
} from '@spanledger/ledger';
import { merged, recordKey, WINDOWS_PER_QUERY_MAX } from './call-search.ts';
import type { DirtyTrace } from './dirty-traces.ts';
import type { BesideSearch, FactSource, Sum, Window } from './fact-source.ts';
import { compare, groupBy, pieces } from '../usage/grouping.ts';

const SERVICES_PER_QUERY = 100;

/** Finds what of other traces may keep these sums from billing. */
export async function searchBeside(
  source: FactSource,
  sums: readonly Fact[],
): Promise<CallsBeside> {
  const calls = new Map<string, Fact>();
  for (const search of searchesFor(sums)) {
    for (const fact of await source.callsBeside(search)) keepLatest(calls, fact);
  }
  const found = [...calls.values()].filter((fact) => looksLikeCall({ fact }));
  const places = new Places(await outlinesAround(source, found));
  return new CallsBeside(found.filter((call) => places.hasNoPlace(call)));
}

/** Finds the sums that one of these calls may keep from billing, should it have no place. */
export async function searchSums(
  source: FactSource,
  calls: readonly Underway[],
): Promise<readonly Sum[]> {
  const sums = new Map<string, Sum>();
  const times = new ServiceTimes(calls);
  for (const search of searchesFor(calls)) {
    for (const sum of await source.sumsBeside(search)) {
      if (times.overlap(sum)) keepLatest(sums, sum);
    }
  }
  return [...sums.values()];
}

function* searchesFor(records: readonly Underway[]): Generator<BesideSearch> {
  const byService = [...groupBy(records, ({ service_name }) => service_name)];
  for (const piece of pieces(byService, SERVICES_PER_QUERY)) {
    const windows = piece.flatMap(([, own]) => own.map(windowOf));
    const services = piece.map(([service]) => service);
    yield { windows: merged(windows, WINDOWS_PER_QUERY_MAX), services };
  }
}

function keepLatest<Record extends Outline>(into: Map<string, Record>, record: Record): void {
  const key = recordKey(record);
  const known = into.get(key);
  if (known === undefined || record.version > known.version) into.set(key, record);
}

/** Calls without a place, for the sums of their service. */
export class CallsBeside {
  readonly #byService: Map<string, Fact[]>;

  constructor(calls: readonly Fact[]) {
    this.#byService = groupBy(calls, ({ service_name }) => service_name);
  }

  /** Those in a sum's time: what tells usage first, then the nearest. */
  near(sum: Fact): Fact[] {
    const found = (this.#byService.get(sum.service_name) ?? []).filter((call) =>
      isBeside(sum, call),
    );
    return found.sort(
      (a, b) =>
        Number(tellsUsage(b)) - Number(tellsUsage(a)) ||
        Number(apart(a, sum) - apart(b, sum)) ||
        compare(recordKey(a), recordKey(b)),
    );
  }
}

export function tellsUsage({ input_tokens, output_tokens }: Fact): boolean {
  return (input_tokens ?? 0) > 0 && (output_tokens ?? 0) > 0;
}

/** Of these sums those that no call beneath them surely tells. */
export async function aloneOf(source: FactSource, sums: readonly Sum[]): Promise<readonly Sum[]> {
  if (sums.length === 0) return [];
  return loneSums(sums, await outlinesAround(source, sums));
}

async function outlinesAround(
  source: FactSource,
  facts: readonly Pick<Fact, 'org_id' | 'trace_id' | 'start_time'>[],
): Promise<Outline[]> {
  const traces = new Map<string, DirtyTrace>();
  for (const { org_id, trace_id, start_time } of facts) {
    if (trace_id === '' || traces.has(trace_id)) continue;
    traces.set(trace_id, { org_id, trace_id, first_ns: start_time, last_ns: start_time });
  }
  if (traces.size === 0) return [];
  return source.outlinesOf(await source.hoursOf([...traces.values()]));
}

function windowOf({ start_time, duration_ns }: Underway): Window {
  return { first_ns: start_time, last_ns: start_time + duration_ns };
}

function apart(call: Fact, sum: Fact): bigint {
  const between = call.start_time - sum.start_time;
  return between < 0n ? -between : between;
}
