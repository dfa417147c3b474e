// Verification as an answer: heavy, so in pages, and one page at a time. It reads and tells only the
// caller's organisation.

import { settle } from '@spanledger/ledger';
import {
  identityOf,
  type Difference,
  type RepairReport,
  type Settle,
  type VerifyPeriod,
  type VerifyPlace,
  type VerifyStep,
} from '@spanledger/store';
import type { Stages } from '../stages.ts';
import { Busy } from '../receive/try-later.ts';
import { verifyRest } from './verify-rest.ts';

export interface VerifyAnswer {
  readonly traces: number;
  readonly rows: number;
  readonly differences: readonly Difference[];
  /** False when there were more differences than are listed. */
  readonly complete: boolean;
  /** Priced with another book than that of today; recosting prices them anew. */
  readonly rows_of_other_books: number;
  /** How far the period is verified, its end not included. */
  readonly verified_to_s: number;
  /** Where the next page begins; null after the last, or where no page was asked for. */
  readonly next: string | null;
  /** What was settled and computed again; null where nothing was to be mended. */
  readonly repaired: RepairReport | null;
  /** What still differs after the repair. */
  readonly remaining: readonly Difference[];
}

/** A page ends with the first step after this time. */
const PAGE_MS = 2_000;
/** Pages that wait for the one that runs. */
export const WAITING_MAX = 8;

interface Queue {
  last: Promise<unknown>;
  waiting: number;
}
const queues = new WeakMap<Stages, Queue>();

/** `after`: null for the whole period in one answer, '0' for its first page. */
export async function verifyAnswer(
  stages: Stages,
  period: VerifyPeriod,
  after: string | null,
  mode: 'tell' | 'repair',
): Promise<VerifyAnswer> {
  const queue = queues.get(stages) ?? { last: Promise.resolve(), waiting: 0 };
  queues.set(stages, queue);
  if (queue.waiting >= WAITING_MAX) {
    throw new Busy('verifications', `pages that wait; limit: ${WAITING_MAX}`);
  }
  queue.waiting++;
  const page = queue.last.then(() => pageOf(stages, period, after, mode));
  queue.last = page.catch(() => undefined);
  try {
    return await page;
  } finally {
    queue.waiting--;
  }
}

async function pageOf(
  stages: Stages,
  period: VerifyPeriod,
  after: string | null,
  mode: 'tell' | 'repair',
): Promise<VerifyAnswer> {
  const { clock } = stages;
  const begun = clock.now();
  const page = new Page();
  let place = after === null || after === '0' ? null : readPlace(after);
  do {
    const looked = await lastingDifferences(stages, period, place);
    page.add(looked);
    const { targets } = looked.step.findings;
    if (mode === 'repair' && looked.differences.length > 0 && targets.size > 0) {
      page.addRepair(await stages.store.repair(targets, settling(stages)));
      const again = await stages.store.verifyStep(period, place, settling(stages));
      page.addRemaining(looked.differences, again.findings.list);
    }
    place = looked.step.next;
  } while (place !== null && (after === null || clock.now() - begun < PAGE_MS));
  if (place === null) page.addRest(await verifyRest(stages, period));
  return page.answer(period, place);
}

/** What one look told that a second one, after everything was brought up to date, tells again. */
export interface Looked {
  readonly step: VerifyStep;
  readonly differences: readonly Difference[];
  readonly total: number;
}

/**
 * While spans arrive, what is derived lags behind and is no error. So where something differs,
 * everything is brought up to date, and it counts only if it stands the same after a second look.
 */
async function lastingDifferences(
  stages: Stages,
  period: VerifyPeriod,
  place: VerifyPlace | null,
): Promise<Looked> {
  const look = (): Promise<VerifyStep> => stages.store.verifyStep(period, place, settling(stages));
  const first = await look();
  if (first.findings.total === 0) return { step: first, differences: [], total: 0 };
  await stages.catchUp();
  return { ...whatLasts(first, await look()) };
}

/** Of two looks at the same place: beyond what they list nothing can be told apart. */
export function whatLasts(first: VerifyStep, second: VerifyStep): Looked {
  const { list, total } = second.findings;
  const seen = new Set(first.findings.list.map(identityOf));
  const differences = list.filter((one) => seen.has(identityOf(one)));
  return { step: second, differences, total: total > list.length ? total : differences.length };
}

export function settling(stages: Stages): Settle {
  return (facts) => settle(facts, stages.prices.book);
}

/** What the steps of a page found, each difference once. */
class Page {
  readonly #differences = new Map<string, Difference>();
  readonly #remaining: Difference[] = [];
  #traces = 0;
  #rows = 0;
  #total = 0;
  #otherBooks = 0;
  #verified_to_s = 0;
  #repaired: RepairReport | null = null;

  add({ step, differences, total }: Looked): void {
    this.#traces += step.traces;
    this.#rows += step.rows;
    this.#otherBooks += step.findings.rows_of_other_books;
    this.#verified_to_s = step.end_s;
    for (const one of differences) this.#differences.set(identityOf(one), one);
    this.#total += total - differences.length;
  }

  addRest(differences: readonly Difference[]): void {
    for (const one of differences) this.#differences.set(identityOf(one), one);
    // An answer follows from the sums: where they are mended and it still differs, nothing mends it.
    if (this.#repaired !== null) this.#remaining.push(...differences);
  }

  addRepair(report: RepairReport): void {
    const known = this.#repaired;
    this.#repaired = {
      traces: report.traces + (known?.traces ?? 0),
      minutes: report.minutes + (known?.minutes ?? 0),
      hours: report.hours + (known?.hours ?? 0),
      days: report.days + (known?.days ?? 0),
      views: report.views + (known?.views ?? 0),
    };
  }

  /** Only of what was found before: what came since is not settled yet. */
  addRemaining(before: readonly Difference[], after: readonly Difference[]): void {
    const placeOf = ({ level, where, what }: Difference): string => `${level}\n${where}\n${what}`;
    const places = new Set(before.map(placeOf));
    this.#remaining.push(...after.filter((one) => places.has(placeOf(one))));
  }

  answer({ to_s }: VerifyPeriod, place: VerifyPlace | null): VerifyAnswer {
    return {
      traces: this.#traces,
      rows: this.#rows,
      differences: [...this.#differences.values()],
      complete: this.#total === 0,
      rows_of_other_books: this.#otherBooks,
      verified_to_s: place === null ? to_s : Math.min(to_s, this.#verified_to_s),
      next: place === null ? null : placeText(place),
      repaired: this.#repaired,
      remaining: this.#remaining,
    };
  }
}

function placeText({ hour_s, after }: VerifyPlace): string {
  return after === null ? String(hour_s) : `${hour_s}/${after}`;
}

function readPlace(text: string): VerifyPlace {
  const [hour = '', after] = text.split('/');
  return { hour_s: Number(hour), after: after ?? null };
}
