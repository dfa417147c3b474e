// A job of the settle loop: what frozen months have more or less than they were billed with is booked.

import type { Stages } from '../stages.ts';

export async function bookAdjustments({ store, metrics, log }: Stages): Promise<void> {
  const { days, waiting, frozen_months } = await store.bookAdjustments();
  metrics.set('spanledger_frozen_months', frozen_months);
  metrics.set('spanledger_adjustments_waiting', waiting);
  metrics.count('spanledger_adjusted_days_total', {}, days);
  if (days > 0)
    log.info({ days, waiting }, 'days of frozen months changed; differences are booked');
}
