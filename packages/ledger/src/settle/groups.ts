// Which records tell of the same call: a union-find over the nodes of a unit that keeps, for each
// group, its members, the provider's ids and the scopes that wrote them.

import type { Doubt } from '../doubts.ts';
import { isMeasured } from './calls.ts';
import type { Node } from './forest.ts';
import type { Because } from './rules.ts';

export interface Group {
  /** The first in the unit's order: stands for the group. */
  first: Node;
  readonly members: Node[];
  readonly ids: Set<string>;
  /** The first member whose usage was measured: its figures are compared with others’. */
  measured: Node | null;
  readonly scopes: Set<string>;
}

export class Groups {
  readonly #up: Int32Array;
  readonly #groups: (Group | null)[];
  readonly #rules: (Because | undefined)[];
  readonly #capped: ReadonlySet<Node>;

  constructor(nodes: readonly Node[], capped: ReadonlySet<Node>) {
    this.#capped = capped;
    this.#up = Int32Array.from(nodes, (_, index) => index);
    this.#groups = nodes.map(() => null);
    this.#rules = [];
  }

  #root(index: number): number {
    const up = this.#up;
    let root = index;
    while ((up[root] as number) !== root) root = up[root] as number;
    for (let at = index; at !== root;) {
      const next = up[at] as number;
      up[at] = root;
      at = next;
    }
    return root;
  }

  of(node: Node): Group {
    const root = this.#root(node.index);
    return (this.#groups[root] ??= {
      first: node,
      members: [node],
      measured: isMeasured(node) ? node : null,
      ids: new Set(node.fact.response_id === '' ? [] : [node.fact.response_id]),
      scopes: new Set([node.fact.scope_name]),
    });
  }

  /** Joins the two records' groups; `rule` says why `node` belongs to the same call. */
  join(node: Node, other: Node, rule: Because): void {
    const [a, b] = [this.of(node), this.of(other)];
    if (a === b) return;
    this.#rules[node.index] ??= rule;
    const [large, small] = a.members.length >= b.members.length ? [a, b] : [b, a];
    for (const member of small.members) large.members.push(member);
    for (const id of small.ids) large.ids.add(id);
    for (const scope of small.scopes) large.scopes.add(scope);
    if (small.first.index < large.first.index) large.first = small.first;
    large.measured = firstOf(large.measured, small.measured);
    const root = this.#root(node.index);
    const under = this.#root(other.index);
    this.#up[under] = root;
    this.#groups[under] = null;
    this.#groups[root] = large;
  }

  /** Why the record was joined to its group; '' when others were joined to it. */
  ruleOf(node: Node): Because | '' {
    return this.#rules[node.index] ?? '';
  }

  /** A match without ids is a doubt on the whole call. */
  joinDoubtsOf(members: readonly Node[]): readonly Doubt[] {
    const doubts: Doubt[] = [];
    const matched = members.some((node) => /^(D2d|D9-handle) /.test(this.ruleOf(node)));
    if (matched) doubts.push('matched_without_id');
    if (members.some((node) => this.#capped.has(node))) doubts.push('match_cap_reached');
    return doubts;
  }
}

function firstOf(a: Node | null, b: Node | null): Node | null {
  if (a === null || b === null) return a ?? b;
  return a.index < b.index ? a : b;
}
