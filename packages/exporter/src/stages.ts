// What the stages of the pipeline work with: made once at the start, passed to every stage.

import { randomInt, randomUUID } from 'node:crypto';
import { Block, type BlockMark } from '@spanledger/ledger';
import type { Deletion, Store, StoredKey } from '@spanledger/store';
import { ArenaPool } from './receive/arena.ts';
import type { Clock } from './clock.ts';
import type { Config } from './settings/config.ts';
import type { Drifted } from './settle/drift-check.ts';
import { DirtyTraces } from './settle/dirty-traces.ts';
import { Grouper } from './receive/group.ts';
import { Gunzip } from './receive/gunzip.ts';
import { KeyRing } from './keys/key-ring.ts';
import type { Logger } from './log.ts';
import { Metrics } from './metrics/metrics.ts';
import type { PriceSource } from './price-source.ts';
import { Rates } from './limits/rates.ts';
import { RecentBodies } from './receive/recent-bodies.ts';
import type { Job } from './settle/schedule.ts';
import { SettleStep } from './settle/settle-step.ts';
import { Shares } from './limits/shares.ts';
import type { Outcome } from './receive/take-body.ts';
import { ToolSets } from './tools/tool-sets.ts';
import { Turns } from './receive/turns.ts';

export interface Stages {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  readonly store: Store;
  readonly prices: PriceSource;
  readonly metrics: Metrics;
  readonly pool: ArenaPool;
  readonly recent: RecentBodies<Outcome>;
  readonly gunzip: Gunzip;
  /** Requests in flight, by organisation. */
  readonly requests: Shares;
  /** Requests of the REST API being answered, by organisation. */
  readonly questions: Shares;
  readonly rates: Rates;
  readonly turns: Turns;
  readonly grouper: Grouper<BlockMark, Block>;
  readonly dirty: DirtyTraces;
  /** How much the next step of settling takes. */
  readonly step: SettleStep;
  readonly keys: KeyRing;
  /** What the background check found last, by organisation. */
  readonly drifted: Map<string, Drifted>;
  /** What sets of tool definitions were counted to be. */
  readonly toolSets: ToolSets;
  /** Tells the settle loop that something became dirty. */
  wake: () => void;
  /** Settles and rolls up all that is dirty now. */
  catchUp: () => Promise<void>;
  /** Begins a deletion that is in its table. */
  carryOut: (deletion: Deletion) => void;
}

const MS_PER_S = 1_000;

export interface Given {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly prices: PriceSource;
  /** Hears of the valid keys after each reading. */
  readonly onKeys?: (keys: readonly StoredKey[]) => Promise<void>;
}

export function createStages(given: Given): Stages {
  const { config, clock } = given;
  const { receive, settle } = config;
  const grouper: Grouper<BlockMark, Block> = createGrouper(given, () => turns.next());
  const turns = new Turns({ clock, wait_ms: receive.queue_wait_ms, room: () => grouper.room });
  const stages: Stages = {
    ...given,
    grouper,
    turns,
    keys: createKeyRing(given),
    pool: new ArenaPool(receive.in_flight_bytes_max),
    gunzip: new Gunzip(receive.decompressions_max),
    requests: new Shares(receive.in_flight_requests_max, 'requests', {
      all: 'requests',
      own: 'requests_of_organisation',
    }),
    questions: new Shares(receive.questions_max, 'questions', {
      all: 'questions',
      own: 'questions_of_organisation',
    }),
    rates: new Rates(config.rate, () => clock.now()),
    recent: new RecentBodies<Outcome>(receive.recent_bodies_max),
    dirty: new DirtyTraces(settle.dirty_traces_bytes_max, () => clock.now()),
    step: new SettleStep(settle),
    drifted: new Map(),
    toolSets: new ToolSets(given.store),
    wake: () => undefined,
    catchUp: () => Promise.resolve(),
    carryOut: () => undefined,
  };
  showSizes(stages);
  return stages;
}

function createKeyRing(given: Given): KeyRing {
  const { config, store, clock, metrics, log, onKeys } = given;
  return new KeyRing({
    bootstrap: config.keys,
    limits: config.keys_cache,
    table: store.keys,
    clock,
    today: Date.now,
    metrics,
    log,
    ...(onKeys === undefined ? {} : { onRead: onKeys }),
  });
}

/** What each queue and cache holds now. */
function showSizes({ metrics, ...stages }: Stages): void {
  const { pool, gunzip, questions, rates, turns, grouper, recent, dirty, step, store, prices } =
    stages;
  metrics.source('spanledger_in_flight_bytes', () => pool.held_bytes);
  metrics.source('spanledger_kept_buffer_bytes', () => pool.free_bytes);
  metrics.source('spanledger_decompressions', () => gunzip.running + gunzip.waiting);
  metrics.source('spanledger_questions', () => questions.held);
  metrics.source('spanledger_rated_organisations', () => rates.size);
  metrics.source('spanledger_waiting_requests', () => turns.waiting);
  metrics.source('spanledger_blocks_free', () => grouper.free);
  metrics.source('spanledger_recent_bodies', () => recent.size);
  metrics.source('spanledger_dirty_traces', () => dirty.size);
  metrics.source('spanledger_dirty_traces_bytes', () => dirty.held_bytes);
  metrics.source('spanledger_dirty_traces_overflow_total', () => dirty.overflowed);
  metrics.source('spanledger_settle_step_traces', () => step.traces);
  metrics.source('spanledger_settle_lag_seconds', () => dirty.age_ms / MS_PER_S);
  metrics.source('spanledger_roll_up_overflow_total', () => store.rollUpOverflow);
  metrics.source('spanledger_price_file_refused', () => (prices.refused ? 1 : 0));
}

function createGrouper(
  { config, store, clock, metrics, log }: Given,
  onFree: () => void,
): Grouper<BlockMark, Block> {
  return new Grouper<BlockMark, Block>({
    limits: config.group,
    clock,
    onFree,
    // A seed of its own against keys that are crafted to collide.
    newBlock: () =>
      new Block(
        { content_value_bytes: config.content.value_bytes_max },
        { seed: randomInt(2 ** 32) },
      ),
    newToken: randomUUID,
    async insert(table, parts, token) {
      const begun = clock.now();
      try {
        await store.insertBlock(table, parts, token);
        metrics.count('spanledger_inserts_total', { table, outcome: 'stored' });
        metrics.set('spanledger_store_up', 1);
      } catch (error) {
        metrics.count('spanledger_inserts_total', { table, outcome: 'failed' });
        metrics.set('spanledger_store_up', 0);
        log.warn({ table, reason: (error as Error).message }, 'insert failed');
        throw error;
      } finally {
        metrics.observe('spanledger_insert_seconds', (clock.now() - begun) / MS_PER_S);
      }
    },
    onBlock(rows, stored) {
      metrics.count('spanledger_blocks_total', { outcome: stored ? 'stored' : 'failed' });
      metrics.observe('spanledger_block_rows', rows);
    },
  });
}

/** Counts a job of the settle loop; a failure is logged, and the loop tries again. */
export function reportJob(stages: Stages, job: Job, duration_ms: number, error: unknown): void {
  const { metrics, log } = stages;
  const outcome = error === null ? 'done' : 'failed';
  metrics.count('spanledger_jobs_total', { job, outcome });
  metrics.observe('spanledger_job_seconds', duration_ms / MS_PER_S);
  if (error !== null)
    log.warn({ job, reason: (error as Error).message }, 'settle loop: job failed');
}
