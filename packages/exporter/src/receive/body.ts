// Reads one request's body into an arena: size and time are bounded, gzip is undone, and a bomb
// stops at the limit. Content-Length is only a hint; what counts is what arrives.

import type { IncomingMessage } from 'node:http';
import { SpanledgerError } from '@spanledger/ledger';
import type { Arena, ArenaPool } from './arena.ts';
import type { Encoding } from './answer.ts';
import type { Gunzip } from './gunzip.ts';

/** What reading a body needs. */
export interface BodyReading {
  readonly pool: ArenaPool;
  readonly gunzip: Gunzip;
  readonly limits: BodyLimits;
}

export interface BodyLimits {
  readonly body_bytes_max: number;
  readonly body_decompressed_bytes_max: number;
  readonly body_wait_ms: number;
}

/** A refused body is read to its end up to this many times the limit, and this long. */
const DISCARDED_BODIES = 4;
const DISCARD_WAIT_MS = 5_000;

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
  org_id: string,
  { pool, gunzip, limits }: BodyReading,
): Promise<Arena> {
  const compression = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (compression !== 'gzip' && compression !== 'identity' && compression !== '') {
    throw new SpanledgerError('unsupported_content_encoding', compression.slice(0, 40));
  }
  const sent = await receive(request, org_id, pool, limits);
  if (compression !== 'gzip') return sent;
  try {
    return await gunzip.run(sent, pool, limits.body_decompressed_bytes_max);
  } finally {
    pool.give(sent);
  }
}

function receive(
  request: IncomingMessage,
  org_id: string,
  pool: ArenaPool,
  limits: BodyLimits,
): Promise<Arena> {
  // Gone while its key was looked up: no event would come any more.
  if (request.destroyed) throw new SpanledgerError('body_incomplete');
  const { body_bytes_max: limit_bytes, body_wait_ms } = limits;
  const hint_bytes = Number(request.headers['content-length'] ?? 0);
  if (hint_bytes > limit_bytes) throw tooLarge('body', limit_bytes);
  return new Promise((resolve, reject) => {
    const arena = pool.take(org_id, hint_bytes);
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

export function tooLarge(what: string, limit_bytes: number): SpanledgerError {
  return new SpanledgerError('body_too_large', `${what}; limit: ${limit_bytes} bytes`);
}
