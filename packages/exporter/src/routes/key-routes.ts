// The routes about keys, for admins: of one organisation for its own keys, of all for everybody's. A
// key is in one answer only, the one that made it.

import { isOrganisation, SpanledgerError } from '@spanledger/ledger';
import type { StoredKey } from '@spanledger/store';
import {
  ALL_ORGANISATIONS,
  checkScope,
  hashOf,
  keyIdOf,
  newKey,
  type Caller,
  type Role,
} from '../keys/keys.ts';
import { KEY, KEY_ID } from './parameters.ts';
import { route, type Route } from './route.ts';
import type { Stages } from '../stages.ts';

const MS_PER_S = 1_000;
const MS_PER_DAY = 86_400_000;
const LISTED_MAX = 1_000;

export function keyRoutes(stages: Stages): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/keys',
      meaning:
        'The keys of the organisation, or of all with a key of all: never the keys themselves.',
      role: 'admin',
      of_all: true,
      parameters: {},
      answer: (org) => listAnswer(stages, org),
    }),
    route({
      method: 'POST',
      path: '/api/v1/keys',
      meaning: 'Makes a key; this answer is the only one that shows it.',
      role: 'admin',
      of_all: true,
      parameters: KEY,
      answer: (org, given, caller) => createAnswer(stages, org, given, caller),
    }),
    route({
      method: 'POST',
      path: '/api/v1/keys/:key_id/revoke',
      meaning: 'Ends a key: at once here, at other replicas with their next reading of the keys.',
      role: 'admin',
      of_all: true,
      parameters: KEY_ID,
      answer: (org, { key_id }) => revokeAnswer(stages, org, key_id),
    }),
  ];
}

interface KeyParameters {
  readonly name: string;
  readonly role: Role;
  readonly expires_at?: number | undefined;
  readonly spans?: boolean | undefined;
}

async function listAnswer(stages: Stages, org: string): Promise<unknown> {
  requireKeys(stages);
  const { config, store } = stages;
  const [keys, uses] = await Promise.all([store.keys.list(org, LISTED_MAX), store.keys.uses()]);
  const shown = keys.map((key) => keyAnswer(key, uses.get(keyIdOf(key.hash))));
  for (const { org_id, role, key_id } of config.keys.values()) {
    if (org !== ALL_ORGANISATIONS && org !== org_id) continue;
    const last_used = dayText(uses.get(key_id));
    const unknown = { created_at: null, created_by: null, expires_at: null, revoked_at: null };
    const head = { key_id, name: 'SPANLEDGER_KEYS', org_id, role, spans: false };
    shown.push({ ...head, source: 'setting', ...unknown, last_used });
  }
  return { keys: shown };
}

async function createAnswer(
  stages: Stages,
  org_id: string,
  { name, role, expires_at, spans = false }: KeyParameters,
  caller: Caller,
): Promise<unknown> {
  requireKeys(stages);
  checkScope(role, org_id);
  const now_ms = Date.now();
  if (expires_at !== undefined && expires_at <= now_ms) {
    throw new SpanledgerError('invalid_parameter', 'expires_at; allowed: a time to come');
  }
  if (spans && !(role === 'read' && isOrganisation(org_id))) {
    throw new SpanledgerError('invalid_parameter', 'spans; allowed: for keys with the role read');
  }
  const key = newKey(role);
  const stored: StoredKey = {
    hash: hashOf(key).toString('hex'),
    ...{ org_id, role, name, spans },
    created_by: caller.key_id,
    created_s: Math.floor(now_ms / MS_PER_S),
    expires_s: expires_at === undefined ? null : Math.floor(expires_at / MS_PER_S),
    revoked_s: null,
  };
  await stages.store.keys.create(stored);
  await stages.keys.read();
  return { key, ...keyAnswer(stored, undefined) };
}

async function revokeAnswer(stages: Stages, org: string, key_id: string): Promise<unknown> {
  requireKeys(stages);
  const { store, config } = stages;
  const found = await store.keys.find(org, key_id);
  if (found === null) {
    const ofSetting = [...config.keys.values()].some(
      (one) => one.key_id === key_id && (org === ALL_ORGANISATIONS || org === one.org_id),
    );
    if (!ofSetting) throw new SpanledgerError('not_found', `key ${key_id}`);
    throw new SpanledgerError(
      'invalid_parameter',
      `key ${key_id} is of SPANLEDGER_KEYS; take it out there and start the service again`,
    );
  }
  const revoked_s = found.revoked_s ?? Math.floor(Date.now() / MS_PER_S);
  if (found.revoked_s === null) await store.keys.revoke(found, revoked_s);
  await stages.keys.read();
  const uses = await store.keys.uses();
  return keyAnswer({ ...found, revoked_s }, uses.get(key_id));
}

/** Without keys everybody is an admin: whoever makes a first key must be who starts the service. */
function requireKeys(stages: Stages): void {
  if (!stages.keys.asked) throw new SpanledgerError('no_keys');
}

function keyAnswer(key: StoredKey, used_day: number | undefined) {
  return {
    key_id: keyIdOf(key.hash),
    name: key.name,
    org_id: key.org_id,
    role: key.role,
    spans: key.spans,
    source: 'table',
    created_at: timeText(key.created_s) as string | null,
    created_by: key.created_by as string | null,
    expires_at: key.expires_s === null ? null : timeText(key.expires_s),
    revoked_at: key.revoked_s === null ? null : timeText(key.revoked_s),
    last_used: dayText(used_day),
  };
}

function timeText(time_s: number): string {
  return new Date(time_s * MS_PER_S).toISOString().replace('.000Z', 'Z');
}

/** A UTC day as 2026-01-31; null for a key that was never used. */
function dayText(day: number | undefined): string | null {
  return day === undefined ? null : new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
}
