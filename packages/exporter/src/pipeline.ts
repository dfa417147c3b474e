// The map: every stage of the two halves, in order. The write half stores what arrives and answers;
// the settle half derives everything else from what is stored, again whenever something is dirty.

import type { IncomingMessage } from 'node:http';
import type { Signal } from './receive/answer.ts';
import { bookAdjustments } from './settle/book-adjustments.ts';
import { readBody, requireEncoding } from './receive/body.ts';
import { senderOf } from './keys/keys.ts';
import type { Job } from './settle/schedule.ts';
import { settleDirty, type Sweep } from './settle/settle-traces.ts';
import type { Stages } from './stages.ts';
import { takeBody, type Outcome } from './receive/take-body.ts';

/** One OTLP request: who, what, its bytes, their rows. Resolves when the rows are stored. */
export async function takeRequest(
  stages: Stages,
  request: IncomingMessage,
  signal: Signal,
): Promise<Outcome> {
  const { config, pool, gunzip, keys, rates, requests } = stages;
  const caller = await keys.authenticate(request.headers.authorization, 'ingest');
  rates.admit(caller.org_id);
  const encoding = requireEncoding(request.headers['content-type']);
  requests.take(caller.org_id, 1);
  try {
    const limits = config.receive;
    const arena = await readBody(request, caller.org_id, { pool, gunzip, limits });
    rates.charge(caller.org_id, arena.length);
    return await takeBody(stages, signal, senderOf(caller), encoding, arena);
  } finally {
    requests.give(caller.org_id, 1);
  }
}

/** One job of the settle loop: facts to ledger, ledger to minutes, hours, days and adjustments. */
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
    case 'adjust':
      return bookAdjustments(stages);
  }
}
