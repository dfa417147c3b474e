// Buffers for bodies, used again and again: a body of any size is read without an allocation of its
// own. The bytes held at once are bounded; above the bound a body is refused for now.

import { SpanledgerError } from '@spanledger/ledger';

/** The decoder reads whole words and so may look this far past the end of a body. */
const SLACK_BYTES = 64;
const SMALLEST_BYTES = 64 * 1024;
/** Larger buffers are left to the collector of garbage: one huge body must not stay for ever. */
const KEPT_BYTES_EACH = 4 * 1024 * 1024;
const KEPT_BYTES_ALL = 64 * 1024 * 1024;

/** One body while it is read and decoded. Plain Uint8Array, never Buffer: one hidden class. */
export interface Arena {
  bytes: Uint8Array;
  length: number;
}

export class ArenaPool {
  readonly #limit_bytes: number;
  readonly #free: Uint8Array[] = [];
  #free_bytes = 0;
  #held_bytes = 0;

  constructor(limit_bytes: number) {
    this.#limit_bytes = limit_bytes;
  }

  /** Bytes of the buffers that are in use now. */
  get held_bytes(): number {
    return this.#held_bytes;
  }

  /** An empty arena; `expected_bytes` is a hint. Throws `busy` above the bound. */
  take(expected_bytes: number): Arena {
    return { bytes: this.#buffer(expected_bytes), length: 0 };
  }

  append(arena: Arena, chunk: Uint8Array): void {
    const needed = arena.length + chunk.length;
    if (needed + SLACK_BYTES > arena.bytes.length) {
      const larger = this.#buffer(Math.max(needed, arena.bytes.length * 2));
      larger.set(arena.bytes.subarray(0, arena.length));
      this.#giveBuffer(arena.bytes);
      arena.bytes = larger;
    }
    arena.bytes.set(chunk, arena.length);
    arena.length = needed;
  }

  /** Gives the buffer back; the arena is empty afterwards, so a second call does nothing. */
  give(arena: Arena): void {
    this.#giveBuffer(arena.bytes);
    arena.bytes = NO_BYTES;
    arena.length = 0;
  }

  #buffer(wanted_bytes: number): Uint8Array {
    const size = roundUp(wanted_bytes + SLACK_BYTES);
    if (this.#held_bytes + size > this.#limit_bytes && this.#held_bytes > 0) {
      throw new SpanledgerError('busy', `bytes in flight; limit: ${this.#limit_bytes} bytes`);
    }
    const index = this.#free.findIndex((buffer) => buffer.length >= size);
    const [buffer] = index < 0 ? [new Uint8Array(size)] : this.#free.splice(index, 1);
    if (buffer === undefined) throw new Error('cannot take a buffer: the pool is empty');
    if (index >= 0) this.#free_bytes -= buffer.length;
    this.#held_bytes += buffer.length;
    return buffer;
  }

  #giveBuffer(buffer: Uint8Array): void {
    this.#held_bytes -= buffer.length;
    if (buffer.length === 0 || buffer.length > KEPT_BYTES_EACH) return;
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
