// What admins changed: written down by the list of routes itself, so that none can be forgotten, and the
// route that tells of it.

import type { RecordedDeed } from '@spanledger/store';
import { errorCode } from '../receive/answer.ts';
import type { Caller } from '../keys/keys.ts';
import { json } from './json.ts';
import { pageLimit } from './paging.ts';
import { route, type Route } from './route.ts';
import type { Stages } from '../stages.ts';

const DEEDS_MAX = 1_000;
const DEEDS_USUAL = 100;
const GIVEN_LENGTH_MAX = 4_000;
/** What is told of once only, or never. */
const SECRET = /pass|secret|token$|sha256|^key$/i;

export function auditRoutes(stages: Stages): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/audit',
      meaning: 'What was changed, or tried, with keys of admins: the latest first.',
      role: 'admin',
      of_all: true,
      parameters: { limit: pageLimit(DEEDS_MAX, DEEDS_USUAL).optional() },
      answer: async (org, { limit = DEEDS_USUAL }) => ({
        deeds: (await stages.store.deeds(org, limit)).map(deedAnswer),
      }),
    }),
  ];
}

/** Whether a way changes something that only admins may. */
export function isDeed({ method, role }: Route): boolean {
  return method !== 'GET' && role === 'admin';
}

/** Does it, and writes down that it was done or refused. What was done stays done where that fails. */
export async function writtenDown(
  stages: Stages,
  one: Route,
  caller: Caller,
  org_id: string,
  given: Readonly<Record<string, unknown>>,
  deed: () => unknown,
): Promise<unknown> {
  let outcome = 'done';
  try {
    return await deed();
  } catch (error) {
    outcome = errorCode(error);
    throw error;
  } finally {
    const { key_id } = caller;
    await stages.store
      .recordDeed({
        org_id,
        key_id,
        way: `${one.method} ${one.path}`,
        given: withoutSecrets(given),
        outcome,
      })
      .catch((error: unknown) => {
        const reason = (error as Error).message;
        stages.log.error({ way: one.path, key_id, outcome, reason }, 'audit: deed is not written');
      });
  }
}

function withoutSecrets(given: Readonly<Record<string, unknown>>): string {
  const kept = Object.entries(given).map(([name, value]) => [
    name,
    SECRET.test(name) ? '(not kept)' : value,
  ]);
  return json(Object.fromEntries(kept)).slice(0, GIVEN_LENGTH_MAX);
}

function deedAnswer({ time_ms, ...deed }: RecordedDeed): unknown {
  return { at: new Date(time_ms).toISOString(), ...deed };
}
