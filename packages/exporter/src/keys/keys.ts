// What a key is: random text with its role in front, known by its SHA-256. It belongs to one
// organisation, which is never read from what is sent, and says what its holder may do.

import { createHash, randomBytes } from 'node:crypto';
import { isOrganisation, SpanledgerError, type Sender } from '@spanledger/ledger';
import type { StoredKey } from '@spanledger/store';

export const ROLES = ['ingest', 'read', 'admin', 'forwarder'] as const;
export type Role = (typeof ROLES)[number];

/** In the place of an organisation: all of them. Only admins and forwarders may have it. */
export const ALL_ORGANISATIONS = '*';
const OF_ALL: readonly Role[] = ['admin', 'forwarder'];

export interface Caller {
  /** An organisation, or `*` for a key of all organisations. */
  readonly org_id: string;
  readonly role: Role;
  /** '' where no key is asked for. */
  readonly key_id: string;
}

/** Keys of the environment by the lower-case hex SHA-256 of the key; empty: none is asked for. */
export type Keys = ReadonlyMap<string, Caller>;

export const DEFAULT_ORGANISATION = 'default';

const KEY_BYTES = 32;
const KEY_ID_DIGITS = 12;
const HASH = /^[0-9a-fA-F]{64}$/;
const BEARER = /^Bearer +([\x21-\x7e]{1,512})$/i;

/** A new key, to be shown once. */
export function newKey(role: Role): string {
  return `sl_${role}_${randomBytes(KEY_BYTES).toString('base64url')}`;
}

export interface MadeKey {
  readonly key: string;
  /** The entry of SPANLEDGER_KEYS. */
  readonly setting: string;
}

/** A key that no table knows: for SPANLEDGER_KEYS. Throws for a role or organisation that cannot be. */
export function makeKey(named: string, org_id: string): MadeKey {
  const role = ROLES.find((one) => one === named);
  if (role === undefined) {
    const detail = `role "${named.slice(0, 40)}"; allowed: ${ROLES.join(', ')}`;
    throw new SpanledgerError('invalid_parameter', detail);
  }
  checkScope(role, org_id);
  const key = newKey(role);
  return { key, setting: `${role}:${org_id}:${hashOf(key).toString('hex')}` };
}

export function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** What a key is called in lists and to revoke it: the beginning of its hash, which tells nothing of it. */
export function keyIdOf(hash: string): string {
  return hash.slice(0, KEY_ID_DIGITS);
}

/** Throws `invalid_parameter` where a role may not have this organisation. */
export function checkScope(role: Role, org_id: string): void {
  const all = org_id === ALL_ORGANISATIONS;
  if (all ? OF_ALL.includes(role) : isOrganisation(org_id) && role !== 'forwarder') return;
  const allowed =
    role === 'forwarder'
      ? '* only, because it names the organisation of each resource'
      : `letters, digits and . _ -, at most 64${role === 'admin' ? ', or * for all' : ''}`;
  const shown = org_id.slice(0, 80);
  throw new SpanledgerError(
    'invalid_parameter',
    `organisation "${shown}" of a key with the role ${role}; allowed: ${allowed}`,
  );
}

/** `role:organisation:sha256hex` separated by commas; the offending entry is named by its place. */
export function parseKeys(list: string): Keys {
  const keys = new Map<string, Caller>();
  if (list.trim() === '') return keys;
  for (const [index, entry] of list.split(',').entries()) {
    const parts = entry.trim().split(':');
    const [named = '', org_id = '', hash = ''] = parts;
    const role = ROLES.find((one) => one === named);
    if (role === undefined || parts.length !== 3 || !HASH.test(hash) || !fits(role, org_id)) {
      throw new SpanledgerError(
        'invalid_setting',
        `SPANLEDGER_KEYS entry ${index + 1}; allowed: role:organisation:sha256hex with role ` +
          `${ROLES.join(', ')}, an organisation of letters, digits and . _ -, or * for the ` +
          'roles admin and forwarder, and 64 hex digits',
      );
    }
    const lower = hash.toLowerCase();
    keys.set(lower, { org_id, role, key_id: keyIdOf(lower) });
  }
  return keys;
}

function fits(role: Role, org_id: string): boolean {
  try {
    checkScope(role, org_id);
    return true;
  } catch {
    return false;
  }
}

/** The key of the header `authorization`, or `unauthorized`. */
export function bearerOf(authorization: string | undefined): string {
  const key = BEARER.exec(authorization ?? '')?.[1];
  if (key === undefined) throw new SpanledgerError('unauthorized');
  return key;
}

/** Throws `forbidden` where the role of the key does not suffice. */
export function requireRole(caller: Caller, needed: Role): Caller {
  if (caller.role === needed) return caller;
  if (needed === 'ingest') return requireSender(caller);
  if (caller.role === 'admin') return caller;
  throw new SpanledgerError('forbidden', `needed: ${needed} or admin`);
}

/** A forwarder names the organisation itself; an admin of all organisations cannot. */
function requireSender(caller: Caller): Caller {
  if (caller.role === 'forwarder') return caller;
  if (caller.role === 'admin' && caller.org_id !== ALL_ORGANISATIONS) return caller;
  throw new SpanledgerError('forbidden', 'needed: ingest, forwarder, or admin of one organisation');
}

/** A forwarder's resources name their organisations. */
export function senderOf({ org_id, role }: Caller): Sender {
  return { org_id, names_organisations: role === 'forwarder' };
}

/** Throws `forbidden` for all but the operator: an admin of all organisations, or no keys at all. */
export function requireOperator(caller: Caller): void {
  if (caller.key_id === '') return;
  if (caller.role === 'admin' && caller.org_id === ALL_ORGANISATIONS) return;
  throw new SpanledgerError('forbidden', 'needed: admin of all organisations');
}

/** A key of the table as a caller; a role of a later version is none here. */
export function callerOf(key: StoredKey): Caller | null {
  const role = ROLES.find((one) => one === key.role);
  return role === undefined ? null : { org_id: key.org_id, role, key_id: keyIdOf(key.hash) };
}
