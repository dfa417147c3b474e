// Brings the schema to this version before requests are taken. A ClickHouse of the operator's own
// may come up later than we do: then it is asked again, and the service says that it is not ready.

import { SpanledgerError } from '@spanledger/ledger';
import { pause } from './clock.ts';
import type { Readiness } from './routes/readiness.ts';
import type { Stages } from './stages.ts';

const RETRY_WAIT_MS = 500;
const RETRY_WAIT_MAX_MS = 10_000;

/** Resolves after the first attempt; without success the next ones go on by themselves. */
export async function openTables(
  stages: Stages,
  readiness: Readiness,
  onReady: () => void,
): Promise<void> {
  const { config, log } = stages;
  try {
    await migrate(stages, readiness, onReady);
  } catch (error) {
    if (config.clickhouse.url === '' || !canPass(error)) throw error;
    log.warn({ reason: (error as Error).message }, 'ClickHouse does not answer yet');
    void keepTrying(stages, readiness, onReady);
  }
}

async function keepTrying(
  stages: Stages,
  readiness: Readiness,
  onReady: () => void,
): Promise<void> {
  for (let wait_ms = RETRY_WAIT_MS; readiness.phase === 'starting'; wait_ms *= 2) {
    await pause(stages.clock, Math.min(wait_ms, RETRY_WAIT_MAX_MS));
    if (readiness.phase !== 'starting') return;
    try {
      return await migrate(stages, readiness, onReady);
    } catch (error) {
      stages.log.warn({ reason: (error as Error).message }, 'ClickHouse does not answer yet');
    }
  }
}

async function migrate(stages: Stages, readiness: Readiness, onReady: () => void): Promise<void> {
  const { pending } = await stages.store.migrate();
  if (pending.length > 0)
    stages.log.info({ migrations: pending.join(', ') }, 'schema is up to date');
  stages.metrics.set('spanledger_store_up', 1);
  await stages.keys.start();
  if (readiness.phase !== 'starting') return;
  readiness.ready();
  onReady();
}

function canPass(error: unknown): boolean {
  return error instanceof SpanledgerError && error.code === 'store_unavailable';
}
