// What a record inherits from the spans above it: the nearest agent, conversation and user.

import type { Fact } from '../fact.ts';
import type { Forest, Node } from './forest.ts';

export interface Context {
  /** The nearest agent above, the record itself not counted. */
  readonly agent: Node | null;
  readonly conversation_id: string;
  readonly user_id: string;
}

const NO_CONTEXT: Context = { agent: null, conversation_id: '', user_id: '' };

export class Contexts {
  readonly #of = new Map<Node, Context>();
  readonly #execution = new Map<Node, string>();
  /** Agents, parents first. */
  readonly agents: readonly Node[];

  constructor(forest: Forest) {
    for (const node of forest.downward) this.#of.set(node, this.#beneath(node));
    for (const log of forest.logs) this.#of.set(log, this.#beneath(log));
    this.agents = forest.downward.filter((node) => node.fact.kind === 'agent');
    this.#nameExecutions();
    this.#findLostAgents(forest);
  }

  #beneath(node: Node): Context {
    const { parent, fact } = node;
    const up = parent === null ? NO_CONTEXT : this.of(parent);
    const agent = parent?.fact.kind === 'agent' ? parent : up.agent;
    const conversation_id = fact.conversation_id || up.conversation_id;
    const user_id = fact.user_id || up.user_id;
    const same = agent === up.agent && conversation_id === up.conversation_id;
    return same && user_id === up.user_id ? up : { agent, conversation_id, user_id };
  }

  /** The emitter's own id of a run where it is unique in the unit, else the span's. */
  #nameExecutions(): void {
    const taken = new Set<string>();
    for (const { fact } of this.agents) {
      if (fact.execution_id !== '') taken.add(fact.execution_id);
    }
    for (const agent of this.agents) {
      const own = agent.fact.execution_id;
      const free = own !== '' && taken.delete(own);
      this.#execution.set(agent, free ? own : `${agent.fact.trace_id}:${agent.fact.span_id}`);
    }
  }

  /** Beneath a parent that never came, the run whose id a record or one above it names is its own. */
  #findLostAgents(forest: Forest): void {
    const runs = runsById(this.agents);
    if (runs.size === 0) return;
    for (const node of [...forest.downward, ...forest.logs]) {
      const { parent, fact } = node;
      const context = this.of(node);
      if (context.agent !== null || fact.kind === 'agent') continue;
      if (!node.orphan && !node.root.orphan) continue;
      const named = runs.get(runKey(fact)) ?? null;
      const agent = named?.root === node.root ? null : named;
      const found = agent ?? (parent === null ? null : this.of(parent).agent);
      if (found !== null) this.#of.set(node, { ...context, agent: found });
    }
  }

  of(node: Node): Context {
    return this.#of.get(node) ?? NO_CONTEXT;
  }

  /** The run that an agent's span is. */
  executionOf(agent: Node): string {
    return this.#execution.get(agent) ?? '';
  }
}

/** The agents whose run id no other in their trace names. */
function runsById(agents: readonly Node[]): ReadonlyMap<string, Node | null> {
  const runs = new Map<string, Node | null>();
  for (const agent of agents) {
    if (agent.fact.execution_id === '') continue;
    const key = runKey(agent.fact);
    runs.set(key, runs.has(key) ? null : agent);
  }
  return runs;
}

function runKey({ trace_id, execution_id }: Fact): string {
  return `${trace_id}:${execution_id}`;
}
