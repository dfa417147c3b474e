// Reads one request's body into an arena: size and time are bounded, gzip is undone, and a bomb
// stops at the limit. Content-Length is only a hint; what counts is what arrives.

import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, gunzipSync } from 'node:zlib';
import { SpanledgerError } from '@spanledger/ledger';
import type { Arena, ArenaPool } from './arena.ts';
import type { Encoding } from './answer.ts';

export interface BodyLimits {
  readonly body_bytes_max: number;
  readonly body_decompressed_bytes_max: number;
  readonly body_wait_ms: number;
}

/** Up to here gunzip runs in place; above it in a thread, so that other requests go on. */
const GUNZIP_IN_PLACE_BYTES = 64 * 1024;
/** A sender's gzip trailer says the size of the content; more than this is not believed. */
const EXPANSION_BELIEVED = 64;
const GZIP_SHORTEST_BYTES = 20;
/** A refused body is read to its end up to this many times the limit, and this long. */
const DISCARDED_BODIES = 4;
const DISCARD_WAIT_MS = 5_000;

const gunzipInThread = promisify(gunzip);

const ENCODINGS: ReadonlyMap<string, Encoding> = new Map([
  ['application/x-protobuf', 'protobuf'],
  ['application/protobuf', 'protobuf'],
  ['application/json', 'json'],
]);

/** The encoding that a content-type names, or null; parameters such as charset are ignored. */
export function encodingOf(contentType: string | undefined): Encoding | null {
  const [name = ''] = (contentType ?? '').split(';', 1);
  return ENCODINGS.get(name.trim().toLowerCase()) ?? null;
}

/** The encoding of a request, or the refusal that names what was given instead. */
export function requireEncoding(contentType: string | undefined): Encoding {
  const encoding = encodingOf(contentType);
  if (encoding !== null) return encoding;
  throw new SpanledgerError('unsupported_content_type', (contentType ?? 'none').slice(0, 80));
}

/** The whole body, decompressed. The caller gives the arena back to the pool. */
export async function readBody(
  request: IncomingMessage,
  pool: ArenaPool,
  limits: BodyLimits,
): Promise<Arena> {
  const compression = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (compression !== 'gzip' && compression !== 'identity' && compression !== '') {
    throw new SpanledgerError('unsupported_content_encoding', compression.slice(0, 40));
  }
  const sent = await receive(request, pool, limits);
  if (compression !== 'gzip') return sent;
  try {
    return await decompress(sent, pool, limits.body_decompressed_bytes_max);
  } finally {
    pool.give(sent);
  }
}

function receive(request: IncomingMessage, pool: ArenaPool, limits: BodyLimits): Promise<Arena> {
  const { body_bytes_max: limit_bytes, body_wait_ms } = limits;
  const hint_bytes = Number(request.headers['content-length'] ?? 0);
  if (hint_bytes > limit_bytes) throw tooLarge('body', limit_bytes);
  return new Promise((resolve, reject) => {
    const arena = pool.take(hint_bytes);
    const settle = (finish: () => void): void => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('error', onBroken).off('close', onBroken);
      finish();
    };
    const refuse = (error: unknown): void =>
      settle(() => {
        pool.give(arena);
        reject(error);
      });
    const onData = (chunk: Uint8Array): void => {
      if (arena.length + chunk.length > limit_bytes) return refuse(tooLarge('body', limit_bytes));
      try {
        pool.append(arena, chunk);
      } catch (error) {
        refuse(error);
      }
    };
    const onEnd = (): void => settle(() => resolve(arena));
    const onBroken = (): void => refuse(new SpanledgerError('body_incomplete'));
    const onTime = (): void =>
      refuse(new SpanledgerError('body_timeout', `limit: ${body_wait_ms} ms`));
    const timer = setTimeout(onTime, body_wait_ms);
    request.on('data', onData).on('end', onEnd).on('error', onBroken).on('close', onBroken);
  });
}

/**
 * Reads what is left of a refused body and drops it, so that the sender sees the answer and not a
 * reset. Bounded in bytes and time; resolves to false when the body did not end within them.
 */
export function discard(request: IncomingMessage, limits: BodyLimits): Promise<boolean> {
  if (request.complete) return Promise.resolve(true);
  if (request.destroyed) return Promise.resolve(false);
  return new Promise((resolve) => {
    let left_bytes = limits.body_bytes_max * DISCARDED_BODIES;
    const done = (complete: boolean): void => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('error', onBroken).off('close', onBroken);
      resolve(complete);
    };
    const onData = (chunk: Uint8Array): void => {
      left_bytes -= chunk.length;
      if (left_bytes < 0) done(false);
    };
    const onEnd = (): void => done(true);
    const onBroken = (): void => done(false);
    const timer = setTimeout(onBroken, Math.min(limits.body_wait_ms, DISCARD_WAIT_MS));
    request.on('data', onData).on('end', onEnd).on('error', onBroken).on('close', onBroken);
    request.resume();
  });
}

async function decompress(sent: Arena, pool: ArenaPool, limit_bytes: number): Promise<Arena> {
  const compressed = sent.bytes.subarray(0, sent.length);
  const plain = pool.take(Math.min(claimedSize(compressed), limit_bytes));
  try {
    const options = { maxOutputLength: limit_bytes };
    const content =
      sent.length <= GUNZIP_IN_PLACE_BYTES
        ? gunzipSync(compressed, options)
        : await gunzipInThread(compressed, options);
    pool.append(plain, content);
    return plain;
  } catch (error) {
    pool.give(plain);
    if (error instanceof SpanledgerError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw tooLarge('decompressed body', limit_bytes);
    }
    throw new SpanledgerError('malformed_compression', '', { cause: error });
  }
}

/** The size that the gzip trailer claims, bounded by what gzip plausibly reaches. */
function claimedSize(compressed: Uint8Array): number {
  const end = compressed.length;
  if (end < GZIP_SHORTEST_BYTES) return 0;
  const view = new DataView(compressed.buffer, compressed.byteOffset, end);
  return Math.min(view.getUint32(end - 4, true), end * EXPANSION_BELIEVED);
}

function tooLarge(what: string, limit_bytes: number): SpanledgerError {
  return new SpanledgerError('body_too_large', `${what}; limit: ${limit_bytes} bytes`);
}
