// The name a request came under, for every path: without keys, a page in a browser must not reach us
// through a name of its own that it made point to this machine.

import type { IncomingMessage } from 'node:http';
import { SpanledgerError } from '@spanledger/ledger';
import { isLoopback } from '../settings/config.ts';
import type { Keys } from '../keys/keys.ts';

/** Throws `forbidden` without keys, unless the host header names this machine. */
export function checkHost(keys: Keys, request: IncomingMessage): void {
  if (keys.size > 0) return;
  const host = (request.headers.host ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  if (!isLoopback(host)) throw new SpanledgerError('forbidden', 'host header is not loopback');
}
