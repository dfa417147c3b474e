// CPU time of a process as the kernel counts it: user and system, all threads.

import { readFileSync } from 'node:fs';

/** Linux counts in ticks of 1/100 s on every platform that we run on. */
const TICKS_PER_SECOND = 100;
const UTIME_FIELD = 13;

/** CPU seconds since the process started. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The command name may hold spaces; the fields count from behind its closing bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const first = UTIME_FIELD - 2;
  return (Number(fields[first]) + Number(fields[first + 1])) / TICKS_PER_SECOND;
}

/** The smallest value that at least `share` of the values do not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
