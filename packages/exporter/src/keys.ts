// Who may call: keys are known by their SHA-256, and each belongs to one organisation and one role.
// The organisation comes from the key and never from what is sent.

import { createHash } from 'node:crypto';
import { SpanledgerError } from '@spanledger/ledger';

export const ROLES = ['ingest', 'read', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export interface Caller {
  readonly org_id: string;
  readonly role: Role;
}

/** Callers by the lower-case hex SHA-256 of their key; empty means that no key is asked for. */
export type Keys = ReadonlyMap<string, Caller>;

export const DEFAULT_ORGANISATION = 'default';

const ENTRY = /^(ingest|read|admin):([A-Za-z0-9][A-Za-z0-9._-]{0,63}):([0-9a-fA-F]{64})$/;
const BEARER = /^Bearer +([\x21-\x7e]{1,512})$/i;

/** `role:organisation:sha256hex` separated by commas; the offending entry is named by its place. */
export function parseKeys(list: string): Keys {
  const keys = new Map<string, Caller>();
  const entries = list.split(',').map((entry) => entry.trim());
  if (list.trim() === '') return keys;
  for (const [index, entry] of entries.entries()) {
    const parts = ENTRY.exec(entry);
    const [, role, org_id, hash] = parts ?? [];
    if (role === undefined || org_id === undefined || hash === undefined) {
      throw new SpanledgerError(
        'invalid_setting',
        `SPANLEDGER_KEYS entry ${index + 1}; allowed: role:organisation:sha256hex with role ` +
          `${ROLES.join(', ')}, an organisation of letters, digits and . _ -, and 64 hex digits`,
      );
    }
    keys.set(hash.toLowerCase(), { org_id, role: role as Role });
  }
  return keys;
}

/** Throws `unauthorized` without a valid key and `forbidden` when its role does not suffice. */
export function authenticate(keys: Keys, authorization: string | undefined, needed: Role): Caller {
  if (keys.size === 0) return { org_id: DEFAULT_ORGANISATION, role: 'admin' };
  const key = BEARER.exec(authorization ?? '')?.[1];
  if (key === undefined) throw new SpanledgerError('unauthorized');
  const caller = keys.get(createHash('sha256').update(key).digest('hex'));
  if (caller === undefined) throw new SpanledgerError('unauthorized');
  if (caller.role !== needed && caller.role !== 'admin') {
    throw new SpanledgerError('forbidden', `needed: ${needed} or admin`);
  }
  return caller;
}
