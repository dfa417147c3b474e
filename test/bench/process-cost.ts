// What a process cost as the kernel counts it: CPU time of all its threads, user and system, and the
// most memory that it ever held.

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Linux counts in ticks of 1/100 s on every platform that we run on. */
const TICKS_PER_SECOND = 100;
const UTIME_FIELD = 13;
const KIB_PER_MIB = 1024;

/** CPU seconds since the process started. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The command name may hold spaces; the fields count from behind its closing bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const first = UTIME_FIELD - 2;
  return (Number(fields[first]) + Number(fields[first + 1])) / TICKS_PER_SECOND;
}

/** The most memory that was resident at once, in MiB. */
export function peakMemory_mib(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1]) / KIB_PER_MIB);
}

const QUIET_LOOK_MS = 250;
const QUIET_SHARE = 0.1;
const QUIET_LOOKS = 4;
const QUIET_LIMIT_MS = 120_000;

/** Waits until the processes do next to nothing, so that work left over counts to who caused it. */
export async function quiet(pids: readonly number[]): Promise<void> {
  const total = (): number => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  const deadline = performance.now() + QUIET_LIMIT_MS;
  const most = (QUIET_LOOK_MS / 1000) * QUIET_SHARE;
  for (let calm = 0, last = total(); calm < QUIET_LOOKS && performance.now() < deadline;) {
    await sleep(QUIET_LOOK_MS);
    const now = total();
    calm = now - last <= most ? calm + 1 : 0;
    last = now;
  }
}

/** The smallest value that at least `share` of the values do not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? NaN : (low + high) / 2;
}

export function rounded(value: number, digits = 2): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
