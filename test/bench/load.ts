// The bytes of one pass: made once, before anything is measured, and sent to every candidate alike.

import { gzipSync } from 'node:zlib';
import { emptyTruth, feed } from '../feed.ts';
import { sendAll } from '../sender.ts';

export type LoadKind = 'protobuf' | 'gzip' | 'json';

export interface LoadOptions {
  readonly kind: LoadKind;
  readonly spans: number;
  readonly spansPerRequest: number;
  readonly seed: number;
}

export interface Load extends LoadOptions {
  readonly bodies: readonly { readonly body: Uint8Array }[];
  readonly size_bytes: number;
}

export const SPANS_PER_TRACE = 8;
const START_NS = 1_795_000_000_000_000_000n;
/** What the senders of a fleet use: speed over size. */
const GZIP_LEVEL = 1;
/** An answer may wait for its block, so these must hold enough to fill one. */
const CONNECTIONS = 160;
const CONNECTIONS_OF_SMALL_REQUESTS = 512;
const SMALL_REQUEST_SPANS = 50;

export function makeLoad(options: LoadOptions): Load {
  const { kind, spans, spansPerRequest, seed } = options;
  const requests = feed(
    {
      seed,
      traces: spans / SPANS_PER_TRACE,
      spansPerRequest,
      start_ns: START_NS,
      encoding: kind === 'json' ? 'json' : 'protobuf',
    },
    emptyTruth(),
  );
  let size_bytes = 0;
  const bodies = Array.from(requests, ({ body }) => {
    size_bytes += body.length;
    return { body: kind === 'gzip' ? gzipSync(body, { level: GZIP_LEVEL }) : body };
  });
  return { ...options, bodies, size_bytes };
}

export function headersOf(kind: LoadKind): Record<string, string> {
  const encoding: Record<string, string> = kind === 'gzip' ? { 'content-encoding': 'gzip' } : {};
  return {
    'content-type': kind === 'json' ? 'application/json' : 'application/x-protobuf',
    ...encoding,
  };
}

/** Sends every request until it is acknowledged; the same connections for every candidate. */
export async function send(url: string, load: Load): Promise<void> {
  await sendAll(load.bodies, {
    url,
    headers: headersOf(load.kind),
    connections:
      load.spansPerRequest < SMALL_REQUEST_SPANS ? CONNECTIONS_OF_SMALL_REQUESTS : CONNECTIONS,
  });
}
