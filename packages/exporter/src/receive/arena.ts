// Buffers for bodies, used again and again: a body of any size is read without an allocation of its
// own. The bytes held at once are bounded, all together and by organisation; above the bound a body
// is refused for now.

import { Shares } from '../limits/shares.ts';

/** The decoder reads whole words and so may look this far past the end of a body. */
const SLACK_BYTES = 64;
const SMALLEST_BYTES = 64 * 1024;
/** Larger buffers are left to the collector of garbage: one huge body must not stay for ever. */
const KEPT_BYTES_EACH = 4 * 1024 * 1024;
export const KEPT_BYTES_ALL = 64 * 1024 * 1024;
const LARGER_TIMES = 4;

/** One body while it is read and decoded. Plain Uint8Array, never Buffer: one hidden class. */
export interface Arena {
  bytes: Uint8Array;
  length: number;
  /** Whose share of the bytes it is. */
  readonly org_id: string;
}

export class ArenaPool {
  readonly #shares: Shares;
  readonly #free: Uint8Array[] = [];
  #free_bytes = 0;

  constructor(limit_bytes: number) {
    const names = { all: 'bytes', own: 'bytes_of_organisation' } as const;
    this.#shares = new Shares(limit_bytes, 'bytes', names);
  }

  /** Bytes of the buffers that are in use now. */
  get held_bytes(): number {
    return this.#shares.held;
  }

  /** Bytes of the buffers that wait to be used again. */
  get free_bytes(): number {
    return this.#free_bytes;
  }

  /** An empty arena; `expected_bytes` is a hint. Throws `busy` above the bound. */
  take(org_id: string, expected_bytes: number): Arena {
    return { bytes: this.#buffer(org_id, expected_bytes), length: 0, org_id };
  }

  append(arena: Arena, chunk: Uint8Array): void {
    const needed = arena.length + chunk.length;
    if (needed + SLACK_BYTES > arena.bytes.length) {
      const larger = this.#buffer(arena.org_id, Math.max(needed, arena.bytes.length * 2));
      larger.set(arena.bytes.subarray(0, arena.length));
      this.#giveBuffer(arena.org_id, arena.bytes);
      arena.bytes = larger;
    }
    arena.bytes.set(chunk, arena.length);
    arena.length = needed;
  }

  /** Gives the buffer back; the arena is empty afterwards, so a second call does nothing. */
  give(arena: Arena): void {
    this.#giveBuffer(arena.org_id, arena.bytes);
    arena.bytes = NO_BYTES;
    arena.length = 0;
  }

  #buffer(org_id: string, wanted_bytes: number): Uint8Array {
    const size = roundUp(wanted_bytes + SLACK_BYTES);
    // A much larger one would hold more of the bound than the body is worth.
    const fits = ({ length }: Uint8Array): boolean =>
      length >= size && length <= size * LARGER_TIMES;
    const index = this.#free.findIndex(fits);
    const held = index < 0 ? size : (this.#free[index]?.length ?? size);
    this.#shares.take(org_id, held);
    const [buffer = new Uint8Array(size)] = index < 0 ? [] : this.#free.splice(index, 1);
    if (index >= 0) this.#free_bytes -= buffer.length;
    return buffer;
  }

  #giveBuffer(org_id: string, buffer: Uint8Array): void {
    if (buffer.length === 0) return;
    this.#shares.give(org_id, buffer.length);
    if (buffer.length > KEPT_BYTES_EACH) return;
    if (this.#free_bytes + buffer.length > KEPT_BYTES_ALL) return;
    this.#free_bytes += buffer.length;
    this.#free.push(buffer);
  }
}

const NO_BYTES = new Uint8Array(0);

function roundUp(size: number): number {
  let rounded = SMALLEST_BYTES;
  while (rounded < size) rounded *= 2;
  return rounded;
}
