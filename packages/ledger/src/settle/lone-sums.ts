// D5 from the wide side: which sums of a trace may have to bill, because no call beneath them surely
// tells its usage; and which calls of other traces may keep such a sum from billing. It may name sums
// that do not bill, never the reverse.

import type { Fact } from '../fact.ts';
import { looksLikeCall } from './calls.ts';
import { addTo } from './lists.ts';

/** What of a record is needed to know its place and whether it tells usage. */
export type Outline = Pick<
  Fact,
  | 'trace_id'
  | 'span_id'
  | 'event_id'
  | 'version'
  | 'parent_span_id'
  | 'signal'
  | 'kind'
  | 'marks'
  | 'input_tokens'
  | 'output_tokens'
>;

type Figures = Pick<
  Fact,
  | 'kind'
  | 'marks'
  | 'input_tokens'
  | 'output_tokens'
  | 'cache_read_tokens'
  | 'cache_write_tokens'
  | 'cache_write_5m_tokens'
  | 'cache_write_1h_tokens'
  | 'reasoning_tokens'
>;

/** D1: a record with usage that is a sum by its kind or its emitter's mark, and may bill. */
export function isSum(fact: Figures): boolean {
  if (fact.marks.includes('cumulative')) return false;
  const isCall = looksLikeCall({ fact: fact as Fact });
  if (isCall && !fact.marks.includes('aggregate')) return false;
  const figures = [
    fact.input_tokens,
    fact.output_tokens,
    fact.cache_read_tokens,
    fact.cache_write_tokens,
    fact.cache_write_5m_tokens,
    fact.cache_write_1h_tokens,
    fact.reasoning_tokens,
  ];
  return figures.some((figure) => (figure ?? 0) > 0);
}

/** Of these sums those above no call that surely tells its usage; `around` is the whole of their traces. */
export function loneSums<Sum extends Outline>(
  sums: readonly Sum[],
  around: readonly Outline[],
): Sum[] {
  if (sums.length === 0) return [];
  const places = new Places(around);
  return sums.filter((sum) => !places.isCovered(sum));
}

/** The records of some traces by their spans, each in its greatest version. */
export class Places {
  readonly #spans = new Map<string, Outline>();
  readonly #covered = new Set<string>();
  readonly #coveredOwn = new Set<string>();

  constructor(around: readonly Outline[]) {
    for (const one of around) {
      if (one.signal !== 'span') continue;
      const key = spanKey(one, one.span_id);
      const known = this.#spans.get(key);
      if (known === undefined || one.version > known.version) this.#spans.set(key, one);
    }
    const upper = new Set<string>();
    const told = [...this.#spans.values()].filter(isCallSpan);
    for (const one of told) this.#mark(one, upper, false);
    for (const one of told) {
      const key = spanKey(one, one.span_id);
      if (!upper.has(key) && tellsUsage(one)) this.#cover(one);
    }
  }

  isCovered(sum: Outline): boolean {
    const covered = isOwnSum(sum) ? this.#coveredOwn : this.#covered;
    return sum.span_id !== '' && covered.has(spanKey(sum, sum.span_id));
  }

  /** An orphan or beneath one, a root, or an event whose span never came. */
  hasNoPlace(record: Outline): boolean {
    const above = record.signal === 'span' ? record.parent_span_id : record.span_id;
    if (above === '') return true;
    const seen = new Set<string>();
    let at = this.#spans.get(spanKey(record, above));
    while (at !== undefined && !seen.has(at.span_id)) {
      if (at.parent_span_id === '') return false;
      seen.add(at.span_id);
      at = this.#spans.get(spanKey(at, at.parent_span_id));
    }
    return true;
  }

  #cover(call: Outline): void {
    this.#mark(call, this.#covered, false);
    if (!isOwnSum(call)) this.#mark(call, this.#coveredOwn, true);
  }

  /** Everything above, up to what is marked already or, where sums hold their own, the first of them. */
  #mark(from: Outline, into: Set<string>, untilOwnSum: boolean): void {
    let at = this.#above(from);
    while (at !== undefined) {
      const key = spanKey(at, at.span_id);
      if (into.has(key)) return;
      into.add(key);
      if (untilOwnSum && isOwnSum(at)) return;
      at = this.#above(at);
    }
  }

  #above(one: Outline): Outline | undefined {
    if (one.parent_span_id === '') return undefined;
    return this.#spans.get(spanKey(one, one.parent_span_id));
  }
}

/** The times of some records by service, so that one look finds whether another lies in one of them. */
export class ServiceTimes {
  readonly #services = new Map<string, { readonly starts: bigint[]; readonly latest: bigint[] }>();

  constructor(records: readonly Underway[]) {
    for (const one of records.toSorted((a, b) => (a.start_time < b.start_time ? -1 : 1))) {
      let list = this.#services.get(one.service_name);
      if (list === undefined) {
        this.#services.set(one.service_name, (list = { starts: [], latest: [] }));
      }
      const end = endOf(one);
      const before = list.latest.at(-1);
      list.starts.push(one.start_time);
      list.latest.push(before === undefined || end > before ? end : before);
    }
  }

  overlap(record: Underway): boolean {
    const list = this.#services.get(record.service_name);
    if (list === undefined) return false;
    let low = 0;
    let high = list.starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((list.starts[middle] as bigint) <= endOf(record)) low = middle + 1;
      else high = middle;
    }
    return low > 0 && (list.latest[low - 1] as bigint) >= record.start_time;
  }
}

/** The times and ids of some sums, so that one look finds whether a call may keep one from billing. */
export class SumTimes extends ServiceTimes {
  readonly #byId = new Map<string, Fact[]>();

  constructor(sums: readonly Fact[]) {
    super(sums);
    for (const sum of sums) if (sum.response_id !== '') addTo(this.#byId, sum.response_id, sum);
  }

  repeat(call: Fact): boolean {
    return (this.#byId.get(call.response_id) ?? []).some((sum) => repeatsId(sum, call));
  }
}

/** When a record of a service was under way. */
export type Underway = Pick<Fact, 'service_name' | 'start_time' | 'duration_ns'>;

/** Whether a call lies in the time of a sum of its service. */
export function isBeside(sum: Underway, call: Underway): boolean {
  if (sum.service_name !== call.service_name) return false;
  return endOf(call) >= sum.start_time && call.start_time <= endOf(sum);
}

function endOf({ start_time, duration_ns }: Underway): bigint {
  return start_time + duration_ns;
}

/** Of one scope only within a trace, because stand-ins serve one id often. */
function repeatsId(sum: Fact, call: Fact): boolean {
  if (sum.signal === 'log' || call.signal === 'log') return true;
  return sum.trace_id === call.trace_id || sum.scope_name !== call.scope_name;
}

function isCallSpan(one: Outline): boolean {
  return looksLikeCall({ fact: one as Fact });
}

/** A call whose figures are its own, whatever else is known of it. */
function tellsUsage({ marks, kind, input_tokens, output_tokens }: Outline): boolean {
  if (kind === 'evaluation' || marks.some((mark) => UNSURE.includes(mark))) return false;
  return (input_tokens ?? 0) > 0 && (kind !== 'llm' || (output_tokens ?? 0) > 0);
}

const UNSURE: readonly string[] = ['aggregate', 'inferred', 'estimate'];

function isOwnSum({ marks }: Pick<Fact, 'marks'>): boolean {
  return marks.includes('own_calls_only');
}

function spanKey({ trace_id }: Outline, span_id: string): string {
  return trace_id + span_id;
}
