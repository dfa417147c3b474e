// Undoes gzip piece by piece into the pool's buffers, so that a bomb costs what it may and no more:
// the bytes are counted as they come, and only a few bodies are decompressed at once.

import { createGunzip, gunzipSync } from 'node:zlib';
import { SpanledgerError } from '@spanledger/ledger';
import type { Arena, ArenaPool } from './arena.ts';
import { tooLarge } from './body.ts';

/** Up to here a body is decompressed in place, unless it grows beyond the other. */
const IN_PLACE_BYTES = 64 * 1024;
const IN_PLACE_PLAIN_BYTES = 1024 * 1024;
const PIECE_BYTES = 256 * 1024;
/** A sender's gzip trailer says the size of the content; more than this is not believed. */
const EXPANSION_BELIEVED = 64;
const GZIP_SHORTEST_BYTES = 20;

export class Gunzip {
  readonly #at_once_max: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** `at_once_max`: bodies that threads work on; the others wait with what they hold. */
  constructor(at_once_max: number) {
    this.#at_once_max = at_once_max;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** The plain bytes; `sent` stays as it is. Throws `body_too_large`, `busy`, `malformed_compression`. */
  async run(sent: Arena, pool: ArenaPool, limit_bytes: number): Promise<Arena> {
    const compressed = sent.bytes.subarray(0, sent.length);
    const plain = pool.take(sent.org_id, Math.min(claimedSize(compressed), limit_bytes));
    try {
      if (!inPlace(compressed, plain, pool, limit_bytes)) {
        await this.#turn();
        try {
          await inThread(compressed, plain, pool, limit_bytes);
        } finally {
          this.#handOver();
        }
      }
      return plain;
    } catch (error) {
      pool.give(plain);
      if (error instanceof SpanledgerError) throw error;
      throw new SpanledgerError('malformed_compression', '', { cause: error });
    }
  }

  #turn(): Promise<void> {
    if (this.#running >= this.#at_once_max) {
      return new Promise((resolve) => this.#waiting.push(resolve));
    }
    this.#running++;
    return Promise.resolve();
  }

  #handOver(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next();
  }
}

/** False when it is too large for that; small bodies are many, and a thread costs more than they do. */
function inPlace(
  compressed: Uint8Array,
  plain: Arena,
  pool: ArenaPool,
  limit_bytes: number,
): boolean {
  if (compressed.length > IN_PLACE_BYTES) return false;
  const maxOutputLength = Math.min(limit_bytes, IN_PLACE_PLAIN_BYTES);
  try {
    pool.append(plain, gunzipSync(compressed, { maxOutputLength }));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw error;
    if (maxOutputLength === limit_bytes) throw tooLarge('decompressed body', limit_bytes);
    return false;
  }
}

function inThread(
  compressed: Uint8Array,
  plain: Arena,
  pool: ArenaPool,
  limit_bytes: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = createGunzip({ chunkSize: PIECE_BYTES });
    const fail = (error: unknown): void => {
      stream.destroy();
      reject(error);
    };
    stream.on('error', fail);
    stream.on('data', (piece: Uint8Array) => {
      if (plain.length + piece.length > limit_bytes) {
        return fail(tooLarge('decompressed body', limit_bytes));
      }
      try {
        pool.append(plain, piece);
      } catch (error) {
        fail(error);
      }
    });
    // Its buffers are free again only when it is closed.
    stream.on('end', () => stream.destroy());
    stream.on('close', () => resolve());
    stream.end(compressed);
  });
}

/** The size that the gzip trailer claims, bounded by what gzip plausibly reaches. */
function claimedSize(compressed: Uint8Array): number {
  const end = compressed.length;
  if (end < GZIP_SHORTEST_BYTES) return 0;
  const view = new DataView(compressed.buffer, compressed.byteOffset, end);
  return Math.min(view.getUint32(end - 4, true), end * EXPANSION_BELIEVED);
}
