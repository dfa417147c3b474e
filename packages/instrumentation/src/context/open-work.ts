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

let leavesAtDrain = false;

/**
 * For a program with a provider of its own: it sends its last spans when the event loop has drained, and
 * what ends later is lost. Nothing that is open then can still go on, so it ends first.
 */
export function leaveAtDrain(): void {
  if (leavesAtDrain) return;
  leavesAtDrain = true;
  process.prependListener('beforeExit', leaveAll);
}

export function hasOpenWork(): boolean {
  return open.size > 0;
}
