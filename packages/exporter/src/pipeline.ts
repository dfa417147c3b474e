// The map: every stage of the two halves, in order. The write half stores what arrives and answers;
// the settle half derives everything else from what is stored, again whenever something is dirty.

import type { IncomingMessage } from 'node:http';
import { settle } from '@spanledger/ledger';
import type { Signal } from './answer.ts';
import { readBody, requireEncoding } from './body.ts';
import { authenticate } from './keys.ts';
import type { Job } from './schedule.ts';
import type { Stages } from './stages.ts';
import { takeBody, type Outcome } from './take-body.ts';

/** One OTLP request: who, what, its bytes, their rows; resolves when the rows are stored. */
export async function takeRequest(
  stages: Stages,
  request: IncomingMessage,
  signal: Signal,
): Promise<Outcome> {
  const { config, pool } = stages;
  const caller = authenticate(config.keys, request.headers.authorization, 'ingest');
  const encoding = requireEncoding(request.headers['content-type']);
  const arena = await readBody(request, pool, config.receive);
  return takeBody(stages, signal, caller.org_id, encoding, arena);
}

/** One job of the settle loop. */
export async function runJob(stages: Stages, job: Job): Promise<void> {
  const { store, dirty } = stages;
  if (job === 'settle') await settleDirty(stages);
  else if (job === 'sweep') await sweep(stages);
  else await store.rollUp(job);
}
