// The map: every stage of the two halves, in order. The write half stores what arrives and answers;
// the settle half derives everything else from what is stored, again whenever something is dirty.

import type { IncomingMessage } from 'node:http';
import type { Signal } from './answer.ts';
import { readBody, requireEncoding } from './body.ts';
import { authenticate } from './keys.ts';
import type { Job } from './schedule.ts';
import { settleDirty, type Sweep } from './settle-traces.ts';
import type { Stages } from './stages.ts';
import { takeBody, type Outcome } from './take-body.ts';

/** One OTLP request: who, what, its bytes, their rows. Resolves when the rows are stored. */
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

/** One job of the settle loop: facts to ledger, ledger to minutes, hours and days. */
export async function runJob(stages: Stages, sweep: Sweep, job: Job): Promise<void> {
  switch (job) {
    case 'sweep':
      return sweep.run();
    case 'settle':
      return settleDirty(stages);
    case 'minute':
    case 'hour':
    case 'day':
      await stages.store.rollUp(job);
      return;
  }
}
