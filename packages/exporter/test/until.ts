// Waiting for what another process does.

import { setTimeout as pause } from 'node:timers/promises';

const PAUSE_MS = 20;

/** Asks now and then, and leaves the processors to what it waits for. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(PAUSE_MS);
}
