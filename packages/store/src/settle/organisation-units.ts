// Reads the units of traces of one organisation together, so that a question serves all of them:
// first the traces, then those that share an id with them, then round by round what may tell of the
// same calls without one. Where nothing of the last kind exists, one question finds so.

import type { Fact, Underway } from '@spanledger/ledger';
import { recordKey, searchCalls } from './call-search.ts';
import type { DirtyTrace } from './dirty-traces.ts';
import type { FactSource } from './fact-source.ts';
import { compare, groupBy } from '../usage/grouping.ts';
import { GrowingUnit, type Context } from './growing-unit.ts';
import { Sightings, piecesOfIds } from './sightings.ts';
import { aloneOf, searchBeside, searchSums } from './sum-search.ts';
import { keyOf, traceKey, type TraceHours } from './trace-hours.ts';
import type { Unit, UnitLimits } from './units.ts';

type Facts = Map<string, Fact>;

export class OrganisationUnits implements Context {
  factCount = 0;
  readonly #source: FactSource;
  readonly #org_id: string;
  readonly #limits: UnitLimits;
  /** Traces that were read whole. */
  readonly #whole = new Map<string, Facts>();
  /** Of the others, the facts that share an id with a trace whose unit takes only those. */
  readonly #sharing = new Map<string, Facts>();
  readonly #hours = new Map<string, TraceHours>();
  readonly #sizes = new Map<string, number>();
  /** Keys of the traces that were asked for. */
  readonly #own = new Set<string>();
  readonly #units: GrowingUnit[] = [];
  readonly #sightings: Sightings;

  constructor(source: FactSource, org_id: string, limits: UnitLimits) {
    this.#source = source;
    this.#org_id = org_id;
    this.#limits = limits;
    this.#sightings = new Sightings(org_id, limits);
  }

  /** To be called once. */
  async read(dirty: readonly DirtyTrace[]): Promise<Unit[]> {
    const own = await this.#source.hoursOf(dirty);
    await this.#readWhole(own);
    for (const trace of own) this.#own.add(keyOf(trace));
    const facts = [...this.#own].flatMap((key) => this.whole(key));
    await this.#sightings.read(this.#source, facts);
    for (const trace of own) {
      const key = keyOf(trace);
      for (const facts of trace.trace_id === ''
        ? conversationsOf(this.whole(key))
        : [this.whole(key)]) {
        const ids = new Set(facts.map((fact) => fact.response_id));
        const joined = this.#sightings.joinedTo(key, ids);
        this.#units.push(new GrowingUnit(trace, facts, joined, this.#limits));
      }
    }
    await this.#readContext(this.#units);
    await this.#grow(this.#units);
    return unitsOf(this.#units, this);
  }

  whole(key: string): readonly Fact[] {
    return [...(this.#whole.get(key)?.values() ?? [])];
  }

  sharing(key: string): readonly Fact[] {
    return [...((this.#whole.get(key) ?? this.#sharing.get(key))?.values() ?? [])];
  }

  async #grow(units: readonly GrowingUnit[]): Promise<void> {
    for (const unit of units) {
      if (unit.joined.size > 0) unit.advance(this);
      unit.begin();
    }
    let active = units.filter((unit) => unit.isGrowing);
    for (let round = 0; active.length > 0; round++) {
      if (round === this.#limits.rounds_max) {
        for (const unit of active) unit.end();
        return;
      }
      const index = await searchCalls(
        this.#source,
        active.flatMap((unit) => unit.frontier),
      );
      const beside = await searchBeside(
        this.#source,
        active.flatMap((unit) => unit.sums),
      );
      const joined = await this.#joinByIds(active);
      const grown = active.filter((unit) => unit.take(index, beside) || joined.has(unit));
      await this.#readContext(grown);
      for (const unit of grown) unit.advance(this);
      active = grown.filter((unit) => unit.isGrowing);
    }
  }

  /** What was reached may share ids with traces that the unit does not know; tells whose it does. */
  async #joinByIds(units: readonly GrowingUnit[]): Promise<Set<GrowingUnit>> {
    const sightings = new Sightings(this.#org_id, this.#limits);
    const ids = new Map(units.map((unit) => [unit, unit.unknownIds()]));
    await sightings.read(this.#source, [...ids.values()].flat());
    const joined = new Set<GrowingUnit>();
    for (const [unit, facts] of ids) {
      const before = unit.joined.size;
      for (const { trace_id, start_time, response_id } of facts) {
        unit.join(sightings.joinedTo(traceKey(trace_id, start_time), [response_id]));
      }
      if (unit.joined.size > before) joined.add(unit);
    }
    return joined;
  }

  /** Reads what the units know to surround them; says to those where it is too much. */
  async #readContext(units: readonly GrowingUnit[]): Promise<void> {
    await this.#findHours(units);
    const wanted = new Map<string, TraceHours>();
    const rest = new Map<string, TraceHours>();
    const ids = new Set<string>();
    for (const unit of units) {
      const keys = [...new Set([...unit.joined.keys(), ...unit.found_traces.keys()])];
      const traces = keys.filter((key) => !key.startsWith('\n'));
      let size = 0;
      for (const key of traces) size += this.#sizes.get(key) ?? this.whole(key).length;
      unit.partly ||= size > this.#limits.context_facts_max;
      for (const key of keys) {
        const hours = this.#hours.get(key);
        if (hours === undefined) continue;
        if (!unit.partly && traces.includes(key)) wanted.set(key, hours);
        else rest.set(key, hours);
      }
      if (unit.partly || traces.length < keys.length) {
        for (const id of unit.response_ids) ids.add(id);
      }
    }
    await this.#readWhole([...wanted].filter(([key]) => !this.#whole.has(key)).map(([, t]) => t));
    const partly = [...rest].filter(([key]) => !this.#whole.has(key)).map(([, trace]) => trace);
    for (const piece of partly.length === 0 ? [] : piecesOfIds(ids)) {
      this.#keep(partly, this.#sharing, await this.#source.factsOf(partly, piece));
    }
  }

  /** Hours and sizes of the traces around the units, where they are not known yet. */
  async #findHours(units: readonly GrowingUnit[]): Promise<void> {
    const unknown = new Map<string, DirtyTrace>();
    for (const { joined, found_traces } of units) {
      for (const [key, trace] of [...joined, ...found_traces]) {
        if (!this.#whole.has(key) && !this.#hours.has(key)) unknown.set(key, trace);
      }
    }
    if (unknown.size === 0) return;
    const hours = await this.#source.hoursOf([...unknown.values()]);
    for (const trace of hours) this.#hours.set(keyOf(trace), trace);
    const sizes = await this.#source.sizesOf(hours.filter(({ trace_id }) => trace_id !== ''));
    for (const [key, size] of sizes) this.#sizes.set(key, size);
  }

  async #readWhole(traces: readonly TraceHours[]): Promise<void> {
    if (traces.length > 0) this.#keep(traces, this.#whole, await this.#source.factsOf(traces));
  }

  /** The greatest version wins, wherever its copies lie. */
  #keep(traces: readonly TraceHours[], into: Map<string, Facts>, facts: readonly Fact[]): void {
    for (const trace of traces) {
      if (!into.has(keyOf(trace))) into.set(keyOf(trace), new Map());
    }
    for (const fact of facts) {
      const kept = into.get(traceKey(fact.trace_id, fact.start_time));
      if (kept === undefined) continue;
      const key = recordKey(fact);
      const known = kept.get(key);
      if (known === undefined) this.factCount++;
      if (known === undefined || fact.version > known.version) kept.set(key, fact);
    }
  }

  /**
   * Traces that were not read for their own sake and whose units hold one that was, or whose sums
   * depend on its calls. `displaced`: calls as they were stored before without a place; what they
   * kept from billing may bill since.
   */
  async neighbours(displaced: readonly Underway[]): Promise<DirtyTrace[]> {
    const found = new Map<string, DirtyTrace>();
    for (const trace of [...this.#around(), ...(await this.#aroundSums(displaced))])
      found.set(traceKey(trace.trace_id, trace.first_ns), trace);
    for (const key of this.#own) found.delete(key);
    return [...found.values()];
  }

  #around(): DirtyTrace[] {
    const joined = this.#sightings.neighboursOf([...this.#own]);
    return [...joined, ...this.#units.flatMap((unit) => unit.neighbours())];
  }

  /**
   * Traces with a sum that these units' calls may keep from billing, and those that tell of a silent
   * call beneath it: where it bills, it takes their place.
   */
  async #aroundSums(displaced: readonly Underway[]): Promise<DirtyTrace[]> {
    const calls = [...displaced, ...this.#units.flatMap((unit) => unit.callsBesideSums(this))];
    const beside = await searchSums(this.#source, calls);
    const others = beside.filter(
      ({ trace_id, start_time }) => !this.#own.has(traceKey(trace_id, start_time)),
    );
    const traces = new Map<string, DirtyTrace>();
    for (const { org_id, trace_id, start_time } of await aloneOf(this.#source, others)) {
      const trace = { org_id, trace_id, first_ns: start_time, last_ns: start_time };
      traces.set(traceKey(trace_id, start_time), trace);
    }
    if (traces.size === 0) return [];
    const own = [...traces.values()]
      .sort((a, b) => compare(a.trace_id, b.trace_id))
      .slice(0, this.#limits.joined_traces_max);
    const beyond = new OrganisationUnits(this.#source, this.#org_id, this.#limits);
    await beyond.read(own);
    return [...own, ...beyond.#around()];
  }
}

/**
 * Events without a trace, by what may join them to each other: their service and conversation, or an
 * id. A minute without any is still a unit, for what was there before.
 */
function conversationsOf(facts: readonly Fact[]): Fact[][] {
  const up = new Map<string, string>();
  const rootOf = (name: string): string => {
    let root = name;
    for (let next = up.get(root); next !== undefined; next = up.get(root)) root = next;
    if (root !== name) up.set(name, root);
    return root;
  };
  const placeOf = (fact: Fact): string => `p${fact.service_name}\n${fact.conversation_id}`;
  for (const fact of facts) {
    const { response_id, emitter_event_id } = fact;
    for (const id of [
      response_id && `r${response_id}`,
      emitter_event_id && `e${emitter_event_id}`,
    ]) {
      if (id === '') continue;
      const [place, other] = [rootOf(placeOf(fact)), rootOf(id)];
      if (place !== other) up.set(other, place);
    }
  }
  const found = groupBy(facts, (fact) => rootOf(placeOf(fact)));
  return found.size === 0 ? [[]] : [...found.values()];
}

/** Traces with the same unit share it. */
function unitsOf(growing: readonly GrowingUnit[], context: Context): Unit[] {
  const units = new Map<string, Unit & { traces: TraceHours[] }>();
  for (const one of growing) {
    const { name, ...unit } = one.unit(context);
    const known = units.get(name);
    if (known === undefined) units.set(name, unit);
    else known.traces.push(one.trace);
  }
  return [...units.values()];
}
