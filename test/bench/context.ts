// What every case is given: where the project lies, what it compares with, how much it may do.

import type { Peers } from './peers.ts';

export interface BenchContext {
  readonly root: string;
  readonly peers: Peers;
  /** Another checkout of this project, built, whose exporter takes part; or null. */
  readonly against: string | null;
  /** Measured passes of a candidate. */
  readonly rounds: number;
  /** Whether other shapes of requests are measured, too. */
  readonly variants: boolean;
  /** How many stored spans to grow to, ascending. */
  readonly stored: readonly number[];
  /** Where databases lie; a large one needs room. */
  readonly folder: string;
  readonly progress: (text: string) => void;
}
