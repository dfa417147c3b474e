// How many traces one step of settling takes. What a trace costs is known only when its facts were
// read, so a step learns from the one before it: after one that read too much, the next takes less.

export interface StepLimits {
  readonly traces_max: number;
  /** Facts that a step is to read at most. */
  readonly facts_max: number;
}

const GROWTH = 2;

export class SettleStep {
  readonly #limits: StepLimits;
  #traces: number;

  constructor(limits: StepLimits) {
    this.#limits = limits;
    this.#traces = limits.traces_max;
  }

  /** Traces that the next step takes. */
  get traces(): number {
    return this.#traces;
  }

  /** A step is done: so many dirty traces, and so many facts were read for them. */
  done(traces: number, facts: number): void {
    const { traces_max, facts_max } = this.#limits;
    const fitting = facts === 0 ? traces_max : Math.floor((facts_max * traces) / facts);
    this.#traces = Math.max(1, Math.min(fitting, this.#traces * GROWTH, traces_max));
  }
}
