// Which faults happen when: all of it follows from the seed before anything runs, so that a run can be
// repeated as far as processes allow.

import { seededRandom } from '../feed.ts';

export const FAULTS = {
  kill_exporter: 'SIGKILL to an exporter, started again after a while',
  kill_clickhouse: 'SIGKILL to ClickHouse, started again after a while',
  kill_sender: 'SIGKILL to a sender; what it held is sent again by others',
  pause_exporter: 'an exporter stands still, and goes on in the middle of its work',
  pause_clickhouse: 'ClickHouse stands still',
  answers_lost: 'ClickHouse does what an exporter asks, and its answers are lost',
  requests_broken: 'requests to ClickHouse break before it has them, or within',
  requests_held: 'ClickHouse does what it is asked, and the answer comes after the asker gave up',
  errors_before: 'ClickHouse answers with an error, of each class in turn, and does nothing',
  errors_after: 'ClickHouse answers with an error although it did what it was asked',
  slow_clickhouse: 'every answer of ClickHouse comes late',
  senders_cut: 'requests of senders break, are answered 503, or their answers are lost',
  disk_full: 'ClickHouse finds too little free space to insert into some tables',
  read_only: 'ClickHouse is killed, and comes back as read-only for a while',
} as const;

export type FaultName = keyof typeof FAULTS;

/** How often each comes in one round of all. */
const DECK: readonly FaultName[] = [
  ...(Object.keys(FAULTS) as FaultName[]),
  ...(['kill_exporter', 'kill_exporter', 'kill_clickhouse', 'kill_sender'] as const),
];

/** ClickHouse's exception codes, each with the HTTP status that comes with it. */
export const ERROR_CODES: readonly { readonly code: number; readonly status: number }[] = [
  { code: 60, status: 404 }, // UNKNOWN_TABLE
  { code: 159, status: 408 }, // TIMEOUT_EXCEEDED
  { code: 164, status: 500 }, // READONLY
  { code: 202, status: 500 }, // TOO_MANY_SIMULTANEOUS_QUERIES
  { code: 209, status: 500 }, // SOCKET_TIMEOUT
  { code: 210, status: 500 }, // NETWORK_ERROR
  { code: 241, status: 500 }, // MEMORY_LIMIT_EXCEEDED
  { code: 242, status: 500 }, // TABLE_IS_READ_ONLY
  { code: 243, status: 500 }, // NOT_ENOUGH_SPACE
  { code: 252, status: 500 }, // TOO_MANY_PARTS
  { code: 394, status: 500 }, // QUERY_WAS_CANCELLED
  { code: 425, status: 500 }, // SYSTEM_ERROR
  { code: 516, status: 403 }, // AUTHENTICATION_FAILED
  { code: 1001, status: 500 }, // STD_EXCEPTION
];

export interface PlannedFault {
  readonly at_ms: number;
  readonly fault: FaultName;
  /** Which of two exporters or senders. */
  readonly which: 0 | 1;
  readonly duration_ms: number;
  /** Everything that is chosen by chance while it lasts. */
  readonly seed: number;
}

const LENGTH_MIN_MS = 500;
const LENGTH_MAX_MS = 5_000;

/** The faults of `duration_ms`, about `every_ms` apart; every kind comes before any comes again. */
export function planFaults(seed: number, duration_ms: number, every_ms: number): PlannedFault[] {
  const random = seededRandom(seed);
  const plan: PlannedFault[] = [];
  let deck: FaultName[] = [];
  for (let at_ms = every_ms * random(); at_ms < duration_ms; at_ms += every_ms * (0.5 + random())) {
    if (deck.length === 0) deck = shuffled(DECK, random);
    plan.push({
      ...{ at_ms: Math.round(at_ms), fault: deck.pop() as FaultName },
      which: random() < 0.5 ? 0 : 1,
      duration_ms: Math.round(LENGTH_MIN_MS + random() * (LENGTH_MAX_MS - LENGTH_MIN_MS)),
      seed: Math.floor(random() * 2 ** 32),
    });
  }
  return plan;
}

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  const left = [...list];
  const taken: T[] = [];
  while (left.length > 0) taken.push(...left.splice(Math.floor(random() * left.length), 1));
  return taken;
}
