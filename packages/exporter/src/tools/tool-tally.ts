// Sums by name while rows are read: of a tool, of a server, of an agent and what it does.

import type { Basis } from './tool-sets.ts';

/** What is known of one tool in a period. */
export interface Tally {
  /** Requests that its definition was sent with. */
  offered: number;
  /** Of these, without tokens of its own. */
  unknown: number;
  /** How often an answer asked for it. */
  requested: number;
  /** False where somebody offers it who does not tell which tools answers ask for. */
  use_told: boolean;
  definition_tokens: number | null;
  definition_cost_usd: bigint | null;
  readonly bases: Set<Basis>;
  runs: number;
  errors: number;
  duration_ns: bigint;
  sized_runs: number;
  result_bytes: number;
  first_bytes: number;
  again_bytes: number;
  readonly servers: Set<string>;
}

function newTally(): Tally {
  return {
    ...{ offered: 0, unknown: 0, requested: 0, use_told: true },
    ...{ definition_tokens: null, definition_cost_usd: null, bases: new Set<Basis>() },
    ...{ runs: 0, errors: 0, duration_ns: 0n, sized_runs: 0 },
    ...{ result_bytes: 0, first_bytes: 0, again_bytes: 0, servers: new Set<string>() },
  };
}

export class Tallies<T> {
  readonly #make: () => T;
  readonly #all = new Map<string, T>();

  constructor(make: () => T) {
    this.#make = make;
  }

  static ofTools(): Tallies<Tally> {
    return new Tallies(newTally);
  }

  of(name: string): T {
    let found = this.#all.get(name);
    if (found === undefined) this.#all.set(name, (found = this.#make()));
    return found;
  }

  map<R>(read: (name: string, tally: T) => R): R[] {
    return [...this.#all].map(([name, tally]) => read(name, tally));
  }

  [Symbol.iterator](): Iterator<[string, T]> {
    return this.#all[Symbol.iterator]();
  }
}

/** The sum of what is known; null where nothing is. */
export function addKnown(figures: readonly (number | null)[]): number | null {
  const all = figures.filter((one) => one !== null);
  return all.length === 0 ? null : all.reduce((sum, one) => sum + one, 0);
}
