// Verification as an answer: heavy, so one at a time. It reads and tells only the caller's organisation.

import { settle } from '@spanledger/ledger';
import type { Difference, VerifyPeriod, VerifyReport } from '@spanledger/store';
import type { Period } from './parameters.ts';
import type { Stages } from './stages.ts';
import { Busy } from './try-later.ts';

export interface VerifyAnswer {
  readonly traces: number;
  readonly rows: number;
  readonly differences: readonly Difference[];
  /** False when there were more differences than are listed. */
  readonly complete: boolean;
  /** Priced with another book than that of today; recosting prices them anew. */
  readonly rows_of_other_books: number;
}

const running = new WeakSet<Stages>();

export async function verifyAnswer(
  stages: Stages,
  org_id: string,
  period: Period,
): Promise<VerifyAnswer> {
  if (running.has(stages)) throw new Busy('verifications', 'limit: 1 verification at once');
  running.add(stages);
  try {
    const report = await lastingDifferences(stages, { org_id, ...period });
    return {
      traces: report.traces,
      rows: report.rows,
      differences: report.differences,
      complete: report.total <= report.differences.length,
      rows_of_other_books: report.rows_of_other_books,
    };
  } finally {
    running.delete(stages);
  }
}

/**
 * While spans arrive, what is derived lags behind and is no error. So everything is brought up to
 * date first, and a difference counts only if it stands the same after a second look.
 */
async function lastingDifferences(stages: Stages, period: VerifyPeriod): Promise<VerifyReport> {
  const look = async (): Promise<VerifyReport> => {
    await stages.catchUp();
    return stages.store.verify(period, (facts) => settle(facts, stages.prices.book));
  };
  const first = await look();
  if (first.total === 0) return first;
  const second = await look();
  const seen = new Set(first.differences.map((difference) => JSON.stringify(difference)));
  const differences = second.differences.filter((one) => seen.has(JSON.stringify(one)));
  const listed = second.total === second.differences.length;
  return { ...second, differences, total: listed ? differences.length : second.total };
}
