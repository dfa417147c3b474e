// From a body to its acknowledgement: known again, decoded into the block, stored, marked dirty.

import {
  decodeLogs,
  decodeMetrics,
  decodeTraces,
  type Body,
  type Receipt,
} from '@spanledger/ledger';
import type { Encoding, Signal } from './answer.ts';
import type { Arena } from './arena.ts';
import { NO_DIALECT } from './metric-list.ts';
import type { Metrics } from './metrics.ts';
import type { Stages } from './stages.ts';

const DECODERS = { traces: decodeTraces, logs: decodeLogs, metrics: decodeMetrics } as const;

/** What a sender is told of a request that was taken. */
export interface Outcome {
  readonly accepted: number;
  readonly refused: ReadonlyMap<string, number>;
}

/** Takes the arena over: it is given back as soon as its bytes have been read. */
export function takeBody(
  stages: Stages,
  signal: Signal,
  org_id: string,
  encoding: Encoding,
  arena: Arena,
): Promise<Outcome> {
  const { pool, recent, metrics } = stages;
  try {
    metrics.count('spanledger_received_bytes_total', { signal }, arena.length);
    const body: Body = { bytes: arena.bytes, length: arena.length, encoding };
    const hash = recent.hash(org_id, signal, encoding, arena.bytes.subarray(0, arena.length));
    const known = recent.find(hash);
    if (known !== undefined) {
      metrics.count('spanledger_repeated_requests_total');
      return known;
    }
    const outcome = store(stages, signal, org_id, body);
    recent.remember(hash, outcome);
    return outcome;
  } finally {
    pool.give(arena);
  }
}

/** Decodes at once and resolves when the rows are in ClickHouse; only then is a sender told so. */
function store(stages: Stages, signal: Signal, org_id: string, body: Body): Promise<Outcome> {
  const decode = DECODERS[signal];
  const { receipt, stored } = stages.grouper.add((block) => decode(body, block, { org_id }));
  const markDirty = (): void => {
    for (const trace of receipt.touched) stages.dirty.mark(trace.org_id, [trace]);
    stages.wake();
  };
  return stored.then(
    () => {
      markDirty();
      return counted(stages.metrics, signal, receipt);
    },
    (error: unknown) => {
      // A failed insert may have gone in after all: settling what is not there costs little.
      markDirty();
      throw error;
    },
  );
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
