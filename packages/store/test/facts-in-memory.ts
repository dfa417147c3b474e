// Facts in a list, asked as they are asked of ClickHouse, and a settling trace by trace over them.

import {
  isSum,
  looksLikeCall,
  seeksOthers,
  type ExecutionRow,
  type Fact,
  type LedgerRow,
  type Outline,
} from '@spanledger/ledger';
import type { DirtyTrace } from '../src/settle/dirty-traces.ts';
import type {
  BesideSearch,
  EventSearch,
  FactSource,
  PairSearch,
  Sighting,
  SpanSearch,
  Sum,
  Window,
} from '../src/settle/fact-source.ts';
import { groupBy } from '../src/usage/grouping.ts';
import { OrganisationUnits } from '../src/settle/organisation-units.ts';
import { settleUnits, type Settle } from '../src/settle/settle-traces.ts';
import { hourOf, keyOf, minutesOf, traceKey, type TraceHours } from '../src/settle/trace-hours.ts';
import { UNIT_LIMITS, type UnitLimits } from '../src/settle/units.ts';

export class FactsInMemory implements FactSource {
  readonly #facts: readonly Fact[];

  constructor(facts: readonly Fact[]) {
    this.#facts = facts;
  }

  /** Every trace that has facts. */
  traces(): DirtyTrace[] {
    return this.#facts.map(({ org_id, trace_id, start_time }) => ({
      org_id,
      trace_id,
      first_ns: start_time,
      last_ns: start_time,
    }));
  }

  hoursOf(dirty: readonly DirtyTrace[]): Promise<TraceHours[]> {
    const found = new Map<string, TraceHours>();
    for (const { org_id, trace_id, first_ns, last_ns } of dirty) {
      if (trace_id === '') {
        for (const one of minutesOf(org_id, first_ns, last_ns)) found.set(keyOf(one), one);
        continue;
      }
      const hours = this.#of(trace_id).map(({ start_time }) => hourOf(start_time));
      found.set(trace_id, {
        org_id,
        trace_id,
        first_hour_s: Math.min(...hours),
        last_hour_s: Math.max(...hours),
        minute_s: 0,
      });
    }
    return Promise.resolve([...found.values()]);
  }

  sizesOf(traces: readonly TraceHours[]): Promise<Map<string, number>> {
    return Promise.resolve(
      new Map(traces.map(({ trace_id }) => [trace_id, this.#of(trace_id).length])),
    );
  }

  factsOf(traces: readonly TraceHours[], response_ids?: readonly string[]): Promise<Fact[]> {
    const keys = new Set(traces.map(keyOf));
    const found = this.#facts.filter(
      (fact) =>
        keys.has(traceKey(fact.trace_id, fact.start_time)) &&
        (response_ids?.includes(fact.response_id) ?? true),
    );
    return Promise.resolve(found);
  }

  sightingsOf(
    ids: readonly string[],
    first_hour_s: number,
    last_hour_s: number,
  ): Promise<Sighting[]> {
    const found = this.#facts.filter(({ response_id, start_time }) => {
      const hour_s = hourOf(start_time);
      return ids.includes(response_id) && hour_s >= first_hour_s && hour_s <= last_hour_s;
    });
    const several = groupBy(found, ({ response_id }) => response_id);
    const seen = found.filter(({ response_id }) => {
      const traces = new Set(several.get(response_id)?.map(({ trace_id }) => trace_id));
      return traces.size > 1 || traces.has('');
    });
    return Promise.resolve(seen.map((fact) => ({ ...fact, event: fact.event_id === '' ? 0 : 1 })));
  }

  spansNear(search: SpanSearch): Promise<Fact[]> {
    const found = this.#underway(search.windows).filter((fact) => {
      if (fact.signal === 'log') return false;
      return (
        (looksLikeCall({ fact }) && isNear(search.pairs, fact)) ||
        search.span_conversations.includes(fact.conversation_id) ||
        search.span_event_ids.includes(fact.emitter_event_id)
      );
    });
    return Promise.resolve(found);
  }

  eventsNear(search: EventSearch): Promise<Fact[]> {
    const found = this.#underway(search.windows).filter((fact) => {
      if (fact.signal === 'span' || fact.trace_id !== '' || !looksLikeCall({ fact })) return false;
      return (
        search.event_services.includes(fact.service_name) ||
        search.event_conversations.includes(fact.conversation_id) ||
        search.emitter_event_ids.includes(fact.emitter_event_id)
      );
    });
    return Promise.resolve(found);
  }

  hasLooseEvents(): Promise<boolean> {
    return Promise.resolve(this.#facts.some(({ trace_id }) => trace_id === ''));
  }

  callsBeside(search: BesideSearch): Promise<Fact[]> {
    return Promise.resolve(this.#beside(search).filter((fact) => looksLikeCall({ fact })));
  }

  sumsBeside(search: BesideSearch): Promise<Sum[]> {
    return Promise.resolve(this.#beside(search).filter(isSum));
  }

  outlinesOf(traces: readonly TraceHours[]): Promise<Outline[]> {
    const found = traces.flatMap(({ trace_id }) => this.#of(trace_id));
    return Promise.resolve(found.filter(({ signal }) => signal === 'span'));
  }

  #beside({ windows, services }: BesideSearch): Fact[] {
    return this.#underway(windows).filter(({ service_name }) => services.includes(service_name));
  }

  #underway(windows: readonly Window[]): Fact[] {
    return this.#facts.filter(({ start_time, duration_ns }) =>
      windows.some(
        ({ first_ns, last_ns }) => start_time <= last_ns && start_time + duration_ns >= first_ns,
      ),
    );
  }

  #of(trace_id: string): readonly Fact[] {
    return this.#facts.filter((fact) => fact.trace_id === trace_id);
  }
}

function isNear(search: PairSearch, fact: Fact): boolean {
  const { service_name, scope_name, response_id, parent_span_id } = fact;
  if (!search.services.includes(service_name)) return false;
  const seeks = seeksOthers(fact);
  const isPair =
    !search.scopes.some(([service, scope]) => service === service_name && scope === scope_name) &&
    (response_id === '' || search.without_id.includes(service_name)) &&
    (seeks || search.seeking.includes(service_name));
  const areRoots = parent_span_id === '' && search.roots.includes(service_name);
  return isPair || (areRoots && (seeks || search.seeking_roots.includes(service_name)));
}

/** Settles every trace in its own unit, read one at a time. */
export async function settleApart(
  facts: readonly Fact[],
  settle: Settle,
  limits: UnitLimits = UNIT_LIMITS,
  source = new FactsInMemory(facts),
): Promise<{ rows: LedgerRow[]; executions: ExecutionRow[]; bounded: number }> {
  const rows: LedgerRow[] = [];
  const executions: ExecutionRow[] = [];
  let bounded = 0;
  const traces = new Map(
    source.traces().map((trace) => [traceKey(trace.trace_id, trace.first_ns), trace]),
  );
  for (const trace of traces.values()) {
    const reading = new OrganisationUnits(source, trace.org_id, limits);
    const units = await reading.read([trace]);
    await reading.neighbours([]);
    bounded += units.filter((unit) => unit.bounded).length;
    const settled = await settleUnits(units, settle);
    for (const row of settled.rows) rows.push(row);
    for (const row of settled.executions) executions.push(row);
  }
  return { rows, executions, bounded };
}

/** Settles after each part what the service settles then: its traces, and their neighbours. */
export async function settleAsTheyCome(
  parts: readonly (readonly Fact[])[],
  settle: Settle,
  limits: UnitLimits = UNIT_LIMITS,
): Promise<LedgerRow[]> {
  const stored = new Map<string, LedgerRow[]>();
  const facts: Fact[] = [];
  const settleThese = async (dirty: readonly DirtyTrace[]): Promise<readonly DirtyTrace[]> => {
    const [first] = dirty;
    if (first === undefined) return [];
    const reading = new OrganisationUnits(new FactsInMemory(facts), first.org_id, limits);
    const units = await reading.read(dirty);
    const previous = units.flatMap(({ traces }) =>
      traces.flatMap((one) => stored.get(keyOf(one)) ?? []),
    );
    const neighbours = await reading.neighbours(previous.filter((row) => row.lacks_place));
    const { rows } = await settleUnits(units, settle);
    for (const unit of units) for (const trace of unit.traces) stored.set(keyOf(trace), []);
    for (const row of rows) stored.get(traceKey(row.trace_id, row.start_time))?.push(row);
    return neighbours;
  };
  for (const part of parts) {
    facts.push(...part);
    await settleThese(await settleThese(new FactsInMemory(part).traces()));
  }
  return [...stored.values()].flat();
}
