// Verification as an answer: heavy, so one at a time, and of each organisation only its own.

import { settle, SpanledgerError } from '@spanledger/ledger';
import type { Difference } from '@spanledger/store';
import type { Period } from './parameters.ts';
import type { Stages } from './stages.ts';

export interface VerifyAnswer {
  readonly traces: number;
  readonly rows: number;
  readonly differences: readonly Difference[];
  /** False when there were more differences than are listed. */
  readonly complete: boolean;
}

const running = new WeakSet<Stages>();

export async function verifyAnswer(
  stages: Stages,
  org_id: string,
  period: Period,
): Promise<VerifyAnswer> {
  if (running.has(stages)) throw new SpanledgerError('busy', 'verifications at once; limit: 1');
  running.add(stages);
  try {
    const report = await stages.store.verify(period, (facts) => settle(facts, stages.book));
    stages.metrics.set('spanledger_drift_rows', report.total);
    return {
      traces: report.traces,
      rows: report.rows,
      differences: report.differences.filter((difference) => difference.org_id === org_id),
      complete: report.total <= report.differences.length,
    };
  } finally {
    running.delete(stages);
  }
}
