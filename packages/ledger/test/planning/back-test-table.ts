// The back-test as the page shows it.

import type { Result } from './back-test.ts';

export function backTestTable(results: readonly Result[]): string {
  const share = (value: number): string => `${(value * 100).toFixed(1)} %`;
  const head = ['season', 'days in', 'error', 'last month', 'run rate', 'last week', 'in interval'];
  const rows = results.map(({ season, elapsed, ours, naive, covered }) => [
    ...[season, String(elapsed), `**${share(ours)}**`, share(naive.last_period)],
    ...[share(naive.run_rate), share(naive.last_week), `${(covered * 100).toFixed(0)} %`],
  ]);
  const widths = head.map((title, at) =>
    Math.max(...[head, ...rows].map((row) => row[at]!.length), title.length),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, at) => (at === 0 ? text.padEnd(widths[at]!) : text.padStart(widths[at]!))).join(' | ')} |`;
  const rule = `| ${widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}
