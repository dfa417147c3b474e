// The routes of deletions, for admins: what one would take, one that is asked for, and how far each has
// come. Answers tell only of the caller's organisation.

import { SpanledgerError } from '@spanledger/ledger';
import type { Deletion, DeletionKind, DeletionRequest } from '@spanledger/store';
import { DELETION, DELETION_ID } from './parameters.ts';
import { route, type Route } from './route.ts';
import type { Stages } from '../stages.ts';
import { Busy } from '../receive/try-later.ts';

const NS_PER_MS = 1_000_000n;
/** Deletions of an organisation that are not done; more are refused until some are. */
export const OPEN_MAX = 100;

export function deletionRoutes(stages: Stages): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/deletions',
      meaning: 'What was deleted and how far that has come, the latest first.',
      role: 'admin',
      parameters: DELETION_ID,
      answer: async (org, { deletion_id = '' }) => {
        const found = await stages.store.deletions.list(org, deletion_id);
        if (deletion_id !== '' && found.length === 0) {
          throw new SpanledgerError('not_found', `deletion ${deletion_id.slice(0, 40)}`);
        }
        return { deletions: found.map(deletionAnswer) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/deletions',
      meaning:
        'Deletes an execution, a conversation, a user, a range of time or the organisation; with dry_run it only counts the rows.',
      role: 'admin',
      parameters: DELETION,
      answer: (org, { kind, subject, from, to, dry_run }) => {
        const request = requestOf(org, kind, subject, from, to);
        return dry_run ? countAnswer(stages, request) : askAnswer(stages, request);
      },
    }),
  ];
}

/** Throws `invalid_parameter` where the parameters do not name what the kind needs. */
function requestOf(
  org_id: string,
  kind: DeletionKind,
  subject: string | undefined,
  from: number | undefined,
  to: number | undefined,
): DeletionRequest {
  const wrong = (detail: string) => new SpanledgerError('invalid_parameter', detail);
  if (kind === 'range') {
    if (subject !== undefined) throw wrong('subject; allowed: from and to of a range, no subject');
    if (from === undefined || to === undefined) throw wrong('a range needs from and to');
    if (from >= to) throw wrong('from must be before to');
    return {
      ...{ org_id, kind, subject: '' },
      ...{ from_ns: BigInt(from) * NS_PER_MS, to_ns: BigInt(to) * NS_PER_MS },
    };
  }
  if (from !== undefined || to !== undefined) throw wrong(`from, to; allowed: for a range only`);
  if (subject === undefined) throw wrong(`subject=missing; allowed: the id of the ${kind}`);
  if (kind !== 'organisation') return { org_id, kind, subject, from_ns: 0n, to_ns: 0n };
  if (subject === org_id) return { org_id, kind, subject: '', from_ns: 0n, to_ns: 0n };
  throw new SpanledgerError('forbidden', 'the key belongs to another organisation');
}

const counting = new WeakSet<Stages>();

async function countAnswer(stages: Stages, request: DeletionRequest): Promise<unknown> {
  if (counting.has(stages)) throw new Busy('deletions', 'dry runs at once; limit: 1');
  counting.add(stages);
  try {
    await stages.catchUp();
    return { dry_run: true, rows: await stages.store.deletions.count(request) };
  } finally {
    counting.delete(stages);
  }
}

/** Writes the deletion down. Answered once it is sure to be carried out, and before it is. */
export async function askAnswer(stages: Stages, request: DeletionRequest): Promise<unknown> {
  const { store, config, metrics } = stages;
  const known = await store.deletions.list(request.org_id);
  if (known.filter(({ state }) => state !== 'done').length >= OPEN_MAX) {
    throw new Busy('deletions', `not done yet; limit: ${OPEN_MAX}`);
  }
  const deletion = await store.deletions.ask(request, config.deletions.tombstone_days);
  metrics.count('spanledger_deletions_total', { step: 'asked' });
  stages.carryOut(deletion);
  return { dry_run: false, deletion: deletionAnswer(deletion) };
}

function deletionAnswer(deletion: Deletion): unknown {
  const { deletion_id, kind, subject, state, traces, records, settled } = deletion;
  const by_time = kind === 'range' || kind === 'organisation';
  return {
    ...{ deletion_id, kind, subject, state },
    totals_followed: state === 'removing' || state === 'done',
    ...{ traces: Number(traces), settled: Number(settled), records: Number(records) },
    from: kind === 'range' ? timeText(deletion.from_time) : null,
    to: by_time ? timeText(deletion.to_time) : null,
    asked_at: timeText(deletion.asked_at),
    keep_until: by_time ? null : timeText(deletion.keep_until),
  };
}

function timeText(time_ns: bigint): string {
  return new Date(Number(time_ns / NS_PER_MS)).toISOString();
}
