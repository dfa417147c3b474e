// `spanledger verify`: has the service derive a period again from its facts, page by page, says what
// differs and why, and with --repair has it settled and summed again.

import type { Command } from '../command.ts';
import { plural } from '../figures.ts';
import { periodOptions } from '../period-options.ts';
import { sliceOf } from '../period.ts';
import { withProgress } from '../progress.ts';
import { Service } from '../service.ts';
import { renderVerdict, type Difference, type Repaired, type Verdict } from '../verify-view.ts';

interface VerifyAnswer {
  readonly traces: number;
  readonly rows: number;
  readonly differences: readonly Difference[];
  readonly complete: boolean;
  readonly rows_of_other_books: number;
  readonly verified_to_s: number;
  readonly next: string | null;
  readonly repaired: Repaired | null;
  readonly remaining: readonly Difference[];
}

/** Below the time after which the platform's HTTP client gives up on its own. */
const PAGE_LIMIT_MS = 290_000;

export const verifyCommand: Command = {
  name: 'verify',
  summary: 'Derive a period again from what was received, say what differs and why, and mend it',
  arguments: [],
  options: [
    ...periodOptions('24h'),
    {
      flags: '--repair',
      meaning: 'settle and sum again exactly what differs, and verify that once more (role admin)',
    },
  ],
  example: 'spanledger verify --from 2026-11-20 --to 2026-11-21',
  run: async ({ terminal, settings }, _, options) => {
    const given = (name: string) =>
      options[name] === undefined ? undefined : String(options[name]);
    const period = { last: given('last'), from: given('from'), to: given('to') };
    // The end stays the same on every page, also while new spans come in.
    const { from, to } = sliceOf(period, Date.now());
    const repair = options['repair'] === true;
    const service = new Service(settings);
    const verdict: Verdict = {
      ...{ from, to, repair, traces: 0, rows: 0, differences: [], complete: true },
      ...{ rows_of_other_books: 0, repaired: null, remaining: [] },
    };
    let reached = from;
    const found = () =>
      verdict.differences.length === 0
        ? ''
        : `, ${plural(verdict.differences.length, 'difference')}`;
    const now = () =>
      `verified to ${reached.slice(0, 16)}Z, ${plural(verdict.traces, 'trace')}${found()}`;
    await withProgress(terminal, now, async () => {
      for (let after: string | null = '0'; after !== null;) {
        const page: VerifyAnswer = repair
          ? await service.post('api/v1/verify/repair', { from, to, after }, PAGE_LIMIT_MS)
          : await service.get('api/v1/verify', { from, to, after }, PAGE_LIMIT_MS);
        add(verdict, page);
        reached = new Date(page.verified_to_s * 1_000).toISOString();
        after = page.next;
      }
    });
    if (settings.json) terminal.print(JSON.stringify(verdict, null, 2));
    else terminal.print(renderVerdict(terminal, verdict));
    const { differences, remaining, complete } = verdict;
    const left = repair ? remaining : differences;
    return left.length === 0 && complete ? 'ok' : 'difference';
  },
};

/** A page that begins in the middle of a day tells what differs in that day once more. */
function add(verdict: Verdict, page: VerifyAnswer): void {
  const fresh = (known: readonly Difference[], more: readonly Difference[]): Difference[] => {
    const listed = new Set(known.map((one) => JSON.stringify(one)));
    return [...known, ...more.filter((one) => !listed.has(JSON.stringify(one)))];
  };
  verdict.traces += page.traces;
  verdict.rows += page.rows;
  verdict.differences = fresh(verdict.differences, page.differences);
  verdict.remaining = fresh(verdict.remaining, page.remaining);
  verdict.complete &&= page.complete;
  verdict.rows_of_other_books += page.rows_of_other_books;
  const { repaired } = page;
  if (repaired === null) return;
  const known = verdict.repaired ?? { traces: 0, minutes: 0, hours: 0, days: 0, views: 0 };
  verdict.repaired = {
    traces: known.traces + repaired.traces,
    minutes: known.minutes + repaired.minutes,
    hours: known.hours + repaired.hours,
    days: known.days + repaired.days,
    views: known.views + repaired.views,
  };
}
