// D5: what is asked of the calls whose usage is known before a sum may bill: what they lie beneath, which
// ids they have, and when they ran.

import { lowerBound } from './calls.ts';
import type { Node } from './forest.ts';
import { addTo } from './lists.ts';

/** What lies above records whose usage is known; each step upwards is taken once. */
export class Cover {
  readonly #any = new Set<Node>();
  /** The same up to the first sum that holds its own calls only. */
  readonly #own = new Set<Node>();

  add(node: Node): void {
    for (let up = node.parent; up !== null && !this.#any.has(up); up = up.parent) this.#any.add(up);
    if (isOwnSum(node)) return;
    for (let up = node.parent; up !== null && !this.#own.has(up); up = up.parent) {
      this.#own.add(up);
      if (isOwnSum(up)) return;
    }
  }

  has(node: Node): boolean {
    return (isOwnSum(node) ? this.#own : this.#any).has(node);
  }
}

function isOwnSum({ fact }: Node): boolean {
  return fact.marks.includes('own_calls_only');
}

/** Who told which response id; what `repeatsId` says of two, for all calls at once. */
export class ResponseIds {
  readonly #byId = new Map<string, { events: number; traces: Set<string>; scopes: Set<string> }>();

  constructor(known: readonly Node[]) {
    for (const { fact } of known) {
      if (fact.response_id === '') continue;
      let seen = this.#byId.get(fact.response_id);
      if (seen === undefined) {
        this.#byId.set(
          fact.response_id,
          (seen = { events: 0, traces: new Set(), scopes: new Set() }),
        );
      }
      if (fact.signal === 'log') seen.events++;
      seen.traces.add(fact.trace_id);
      seen.scopes.add(fact.scope_name);
    }
  }

  repeats({ fact }: Node): boolean {
    const seen = this.#byId.get(fact.response_id);
    if (seen === undefined) return false;
    if (fact.signal === 'log' || seen.events > 0 || seen.traces.has(fact.trace_id)) return true;
    return seen.scopes.size > 1 || !seen.scopes.has(fact.scope_name);
  }
}

/** Times of calls, of all together and of each trace. */
export class Times {
  readonly everywhere: Intervals;
  readonly #byTrace = new Map<string, Node[]>();
  readonly #made = new Map<string, Intervals>();

  constructor(nodes: readonly Node[]) {
    this.everywhere = new Intervals(nodes);
    for (const node of nodes) {
      const { trace_id } = node.fact;
      addTo(this.#byTrace, trace_id, node);
    }
  }

  of(trace_id: string): Intervals | undefined {
    const nodes = this.#byTrace.get(trace_id);
    if (nodes === undefined) return undefined;
    let made = this.#made.get(trace_id);
    if (made === undefined) this.#made.set(trace_id, (made = new Intervals(nodes)));
    return made;
  }
}

/** Times of calls by service, so that "does one overlap" is a binary search. */
class Intervals {
  readonly #byService = new Map<string, { readonly nodes: Node[]; readonly latest: number[] }>();

  constructor(nodes: readonly Node[]) {
    for (const node of [...nodes].sort((a, b) => a.index - b.index)) {
      const service = node.fact.service_name;
      let list = this.#byService.get(service);
      if (list === undefined) this.#byService.set(service, (list = { nodes: [], latest: [] }));
      list.nodes.push(node);
      list.latest.push(Math.max(list.latest.at(-1) ?? -Infinity, node.end));
    }
  }

  overlapElsewhere(service: string, start: number, end: number): boolean {
    for (const other of this.#byService.keys()) {
      if (other !== service && this.overlap(other, start, end)) return true;
    }
    return false;
  }

  overlap(service: string, start: number, end: number): boolean {
    const list = this.#byService.get(service);
    if (list === undefined) return false;
    const before = lowerBound(list.nodes, end + 1);
    return before > 0 && (list.latest[before - 1] as number) >= start;
  }
}
