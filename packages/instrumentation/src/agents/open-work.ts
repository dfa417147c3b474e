// What has started and not ended. When the process ends first, its spans are ended here, so that
// a call that was sent is never missing from the account.

import { safely } from '../safely.ts';

const OPEN_LIMIT = 10_000;

export interface Work {
  /** Ends the span as it stands; called at most once, when the process is about to end. */
  leave(): void;
}

const open = new Set<Work>();

/** Above the limit work is still recorded when it ends; only its end by exit is not. */
export function opened(work: Work): void {
  if (open.size < OPEN_LIMIT) open.add(work);
}

export function closed(work: Work): void {
  open.delete(work);
}

export function leaveAll(): void {
  // The innermost first: what started last ends first.
  for (const work of [...open].reverse()) safely('what is open', () => work.leave());
  open.clear();
}

export function hasOpenWork(): boolean {
  return open.size > 0;
}
