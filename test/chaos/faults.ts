// What each fault of the plan does to the processes and the ways between them.

import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../feed.ts';
import type { Choose, FaultyProxy } from './faulty-proxy.ts';
import { ERROR_CODES, type FaultName, type PlannedFault } from './plan.ts';
import { CLICKHOUSE_WAIT_MS, type World } from './world.ts';

/** Shares of the requests that are damaged while a fault lasts; the others get through. */
const OFTEN = 0.4;
const SELDOM = 0.15;
const SLOW_MAX_MS = 1_200;
const AGAIN_MS = 100;
/** More free space than any disk has. */
const TOO_MUCH_BYTES = 2n ** 60n;
const FILLED_TABLES = [
  ...['otel_traces', 'genai_facts', 'traces', 'ledger', 'executions', 'settlements'],
  ...['usage_minute', 'usage_hour', 'usage_day', 'watermarks'],
];

type Random = () => number;
type Inflict = (world: World, fault: PlannedFault, random: Random) => Promise<void>;

/** Damages a share of the requests of a proxy for as long as the fault lasts. */
async function damaged(proxy: FaultyProxy, duration_ms: number, choose: Choose): Promise<void> {
  proxy.choosers.add(choose);
  await sleep(duration_ms);
  proxy.choosers.delete(choose);
}

/** To one exporter, or now and then to both at once. */
function belowOf(world: World, { which }: PlannedFault, random: Random): readonly FaultyProxy[] {
  return random() < OFTEN ? world.below : world.below.slice(which, which + 1);
}

/** Of a fault between an exporter and ClickHouse. */
function between(share: number, damage: (random: Random) => ReturnType<Choose>): Inflict {
  return async (world, fault, random) => {
    const choose: Choose = () => (random() < share ? damage(random) : null);
    const proxies = belowOf(world, fault, random);
    await Promise.all(proxies.map((proxy) => damaged(proxy, fault.duration_ms, choose)));
  };
}

function errors(done: boolean): Inflict {
  return async (world, fault, random) => {
    const { status, code } = pick(ERROR_CODES, random);
    await between(OFTEN, () => ({ kind: 'error', status, code, done }))(world, fault, random);
  };
}

const INFLICT: Readonly<Record<FaultName, Inflict>> = {
  kill_exporter: async ({ exporters }, { which, duration_ms }) => {
    const exporter = exporters[which];
    await exporter?.next(async () => {
      await exporter.kill();
      await sleep(duration_ms / 2);
      exporter.start();
    });
  },
  kill_clickhouse: async ({ clickhouse }, { duration_ms }) => {
    await clickhouse.next(async () => {
      await clickhouse.kill();
      await sleep(duration_ms / 2);
      await clickhouse.start();
    });
  },
  kill_sender: async ({ senders }, { which, duration_ms }) => {
    const sender = senders[which];
    await sender?.next(async () => {
      await sender.kill();
      await sleep(duration_ms / 2);
      sender.start();
    });
  },
  pause_exporter: async ({ exporters }, { which, duration_ms }) => {
    const exporter = exporters[which];
    await exporter?.next(() => exporter.pause(duration_ms));
  },
  pause_clickhouse: async ({ clickhouse }, { duration_ms }) => {
    await clickhouse.next(() => clickhouse.pause(duration_ms));
  },
  answers_lost: between(OFTEN, () => ({ kind: 'answer_lost' })),
  requests_broken: between(OFTEN, (random) => ({ kind: random() < 0.5 ? 'refused' : 'cut' })),
  requests_held: between(SELDOM, () => ({ kind: 'held', held_ms: CLICKHOUSE_WAIT_MS * 2 })),
  errors_before: errors(false),
  errors_after: errors(true),
  slow_clickhouse: between(1, (random) => ({ kind: 'slow', wait_ms: random() * SLOW_MAX_MS })),
  senders_cut: async ({ above }, { which, duration_ms }, random) => {
    const proxy = above[which];
    if (proxy === undefined) return;
    await damaged(proxy, duration_ms, () => {
      if (random() > OFTEN) return null;
      const damage = pick(['answer_lost', 'answer_lost', 'cut', 'refused', 'error'], random);
      if (damage !== 'error') return { kind: damage as 'cut' };
      return { kind: 'error', status: 503, code: null, done: random() < 0.5 };
    });
  },
  disk_full: async (world, { duration_ms }, random) => {
    const tables = FILLED_TABLES.filter(() => random() < OFTEN);
    await changeTables(world, tables, `MODIFY SETTING ${FREE_SPACE} = ${TOO_MUCH_BYTES}`);
    await sleep(duration_ms);
    await changeTables(world, tables, `RESET SETTING ${FREE_SPACE}`);
  },
  read_only: async ({ clickhouse }, { duration_ms }) => {
    await clickhouse.next(async () => {
      await clickhouse.kill();
      await clickhouse.start(true);
      await sleep(duration_ms);
      await clickhouse.kill();
      await clickhouse.start();
    });
  },
};

const FREE_SPACE = 'min_free_disk_bytes_to_perform_insert';

/** ClickHouse may be down just now; a table that was filled must be emptied again in any case. */
async function changeTables(
  { clickhouse }: World,
  tables: readonly string[],
  change: string,
): Promise<void> {
  for (const table of tables) {
    for (;;) {
      const done = await clickhouse.next(() =>
        clickhouse.sql(`ALTER TABLE ${table} ${change}`).then(
          () => true,
          () => false,
        ),
      );
      if (done) break;
      await sleep(AGAIN_MS);
    }
  }
}

/** Resolves when the fault is over and what it took away is there again. */
export function inflict(world: World, fault: PlannedFault): Promise<void> {
  return INFLICT[fault.fault](world, fault, seededRandom(fault.seed));
}

function pick<T>(list: readonly T[], random: Random): T {
  return list[Math.floor(random() * list.length)] as T;
}
