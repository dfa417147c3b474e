// What the service and its receiving processes tell each other.

import type { Config } from '../settings/config.ts';
import type { DirtyTrace } from '../settle/dirty-traces.ts';
import type { Counts } from '../metrics/metrics.ts';

export type ToWorker =
  | { readonly kind: 'begin'; readonly config: Config; readonly socket_path: string }
  /** The tables are there: requests can be taken. */
  | { readonly kind: 'ready' }
  /** Comes with the socket of a caller. */
  | { readonly kind: 'connection'; readonly number: number }
  /** Refuse what comes from now on, finish what was taken, and end. */
  | { readonly kind: 'drain' };

export type FromWorker =
  /** It can be given connections. */
  | { readonly kind: 'started' }
  /** It has the socket of this connection, open or closed by its caller already. */
  | { readonly kind: 'taken'; readonly number: number }
  /** Traces that got facts; `lost` when there were more than memory holds. */
  | { readonly kind: 'dirty'; readonly traces: readonly DirtyTrace[]; readonly lost: boolean }
  /** What it counted since it started, and whether it refuses requests for lack of room. */
  | { readonly kind: 'counts'; readonly counts: Counts; readonly full: boolean };
