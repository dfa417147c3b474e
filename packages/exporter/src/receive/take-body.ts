// From a body to its acknowledgement: known again, decoded into the block, stored, marked dirty.

import {
  decodeLogs,
  decodeMetrics,
  decodeTraces,
  splitByDays,
  type Body,
  type Receipt,
  type Sender,
  type SplitSignal,
} from '@spanledger/ledger';
import type { Encoding, Signal } from './answer.ts';
import type { Arena } from './arena.ts';
import { TooManyDays } from './group.ts';
import { NO_DIALECT } from '../metrics/metric-labels.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Stages } from '../stages.ts';

const DECODERS = { traces: decodeTraces, logs: decodeLogs, metrics: decodeMetrics } as const;

/** What a sender is told of a request that was taken. */
export interface Outcome {
  readonly accepted: number;
  readonly refused: ReadonlyMap<string, number>;
}

/** Takes the arena over: it is given back as soon as its bytes have been read. */
export async function takeBody(
  stages: Stages,
  signal: Signal,
  sender: Sender,
  encoding: Encoding,
  arena: Arena,
): Promise<Outcome> {
  const { pool, recent, metrics } = stages;
  metrics.count('spanledger_received_bytes_total', { signal }, arena.length);
  const hash = recent.hash(sender.org_id, signal, encoding, arena.bytes.subarray(0, arena.length));
  const known = recent.find(hash);
  if (known !== undefined) {
    pool.give(arena);
    metrics.count('spanledger_repeated_requests_total');
    return known;
  }
  const outcome = store(stages, signal, sender, encoding, arena);
  recent.remember(hash, outcome);
  return outcome;
}

/** Resolves when all rows are in ClickHouse; only then is a sender told so. */
async function store(
  stages: Stages,
  signal: Signal,
  sender: Sender,
  encoding: Encoding,
  arena: Arena,
): Promise<Outcome> {
  const body: Body = { bytes: arena.bytes, length: arena.length, encoding };
  const { pool } = stages;
  try {
    return await storePart(stages, signal, sender, body, () => pool.give(arena));
  } catch (error) {
    if (!(error instanceof TooManyDays) || signal === 'metrics') throw error;
    return await storeByDays(stages, signal, sender, body);
  } finally {
    pool.give(arena);
  }
}

/**
 * One part after the other, so that a request holds one block at a time. One that fails leaves the
 * parts before it stored: sent again, they are the same rows.
 */
async function storeByDays(
  stages: Stages,
  signal: SplitSignal,
  sender: Sender,
  body: Body,
): Promise<Outcome> {
  stages.metrics.count('spanledger_split_requests_total');
  let accepted = 0;
  const refused = new Map<string, number>();
  const { block_days_max } = stages.config.group;
  for (const part of splitByDays(body, signal, block_days_max)) {
    const outcome = await storePart(stages, signal, sender, part);
    accepted += outcome.accepted;
    for (const [reason, times] of outcome.refused) {
      refused.set(reason, (refused.get(reason) ?? 0) + times);
    }
  }
  return { accepted, refused };
}

/** Decodes in its turn; `onRead` hears when the bytes are not needed any more. */
async function storePart(
  stages: Stages,
  signal: Signal,
  sender: Sender,
  body: Body,
  onRead: () => void = () => undefined,
): Promise<Outcome> {
  const { turns, grouper } = stages;
  const decode = DECODERS[signal];
  const { receipt, stored } = await turns.run(sender.org_id, body.length, () =>
    grouper.add((block) => decode(body, block, sender)),
  );
  onRead();
  try {
    await stored;
  } finally {
    // A failed insert may have gone in after all: settling what is not there costs little.
    for (const trace of receipt.touched) stages.dirty.mark(trace.org_id, [trace]);
    stages.wake();
  }
  return counted(stages.metrics, signal, receipt);
}

function counted(metrics: Metrics, signal: Signal, receipt: Receipt): Outcome {
  metrics.count('spanledger_accepted_records_total', { signal }, receipt.accepted);
  metrics.count('spanledger_not_used_records_total', { signal }, receipt.not_used);
  for (const [dialect, times] of receipt.dialects) {
    metrics.count('spanledger_spans_total', { dialect: dialect || NO_DIALECT }, times);
  }
  for (const [reason, times] of receipt.adjusted) {
    metrics.count('spanledger_adjusted_total', { reason }, times);
  }
  for (const [reason, times] of receipt.refused) {
    metrics.count('spanledger_refused_records_total', { reason }, times);
  }
  return { accepted: receipt.accepted, refused: receipt.refused };
}
