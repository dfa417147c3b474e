// The queue in front of the blocks. While every block is on its way, requests wait here, each
// organisation's in a line of its own; whenever there is room, the organisation is next that was
// served the fewest bytes. What waits is bounded by the requests and bytes in flight.

import type { Clock } from '../clock.ts';
import { Busy } from './try-later.ts';

interface Waiting {
  readonly bytes: number;
  readonly go: () => void;
}

interface Line {
  readonly waiting: Set<Waiting>;
  /** Bytes served, counted from where the others were when the line began. */
  served: number;
}

export interface TurnsOptions {
  readonly clock: Clock;
  readonly wait_ms: number;
  /** Whether a block could take a request now. */
  readonly room: () => boolean;
}

export class Turns {
  readonly #options: TurnsOptions;
  readonly #lines = new Map<string, Line>();
  #waiting = 0;
  #served = 0;
  #going = false;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Does the work when there is room and it is its turn; throws `busy` when that takes too long. */
  run<T>(org_id: string, bytes: number, work: () => T): Promise<T> {
    const { clock, wait_ms, room } = this.#options;
    if (this.#waiting === 0 && room()) return attempt(work);
    return new Promise((resolve, reject) => {
      const line = this.#lineOf(org_id);
      const leave = (): void => {
        callOff();
        line.waiting.delete(waiting);
        if (--this.#waiting === 0) this.#lines.clear();
      };
      const callOff = clock.after(wait_ms, () => {
        leave();
        reject(new Busy('blocks', `no block was free in time; limit: ${wait_ms} ms`));
      });
      const go = (): void => {
        leave();
        resolve(attempt(work));
      };
      const waiting: Waiting = { bytes, go };
      line.waiting.add(waiting);
      this.#waiting++;
      this.next();
    });
  }

  /** To be called when there may be room. One at a time, so that other work goes on between. */
  next(): void {
    if (this.#going || this.#waiting === 0 || !this.#options.room()) return;
    this.#going = true;
    setImmediate(() => {
      this.#going = false;
      this.#serve();
      this.next();
    });
  }

  #serve(): void {
    if (!this.#options.room()) return;
    let next: Line | null = null;
    for (const line of this.#lines.values()) {
      if (line.waiting.size === 0) continue;
      if (next === null || line.served < next.served) next = line;
    }
    const [first] = next?.waiting ?? [];
    if (next === null || first === undefined) return;
    this.#served = next.served;
    next.served += first.bytes;
    first.go();
  }

  /** Who comes anew is level with the one that was served last: what was not asked for is no credit. */
  #lineOf(org_id: string): Line {
    const known = this.#lines.get(org_id);
    if (known !== undefined && known.waiting.size > 0) return known;
    const served = Math.max(known?.served ?? 0, this.#served);
    const line: Line = { waiting: new Set(), served };
    this.#lines.set(org_id, line);
    return line;
  }
}

async function attempt<T>(work: () => T): Promise<T> {
  return work();
}
