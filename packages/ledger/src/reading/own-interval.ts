// The interval of a log event: it is written when what it tells of has ended, and says how long that took.

import { attribute, type FactDraft, type RecordView } from '../dialect.ts';
import { nanoseconds, NS_PER_MS } from './figures.ts';
import { addDoubt } from './outcome.ts';

const DURATION_MS = attribute('duration_ms');

/** Moves the record's start back by its own length; what would lie before 1970 is not taken. */
export function endAtOwnTime(record: RecordView, fact: FactDraft): void {
  const length_ns = nanoseconds(record.number(DURATION_MS), NS_PER_MS);
  if (length_ns === null) return;
  const duration_ns = BigInt(length_ns);
  if (duration_ns > record.startTime) {
    addDoubt(fact, 'start_before_epoch');
    return;
  }
  fact.duration_ns = duration_ns;
  fact.start_time = record.startTime - duration_ns;
}
