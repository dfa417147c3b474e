// The organisation that a request of the REST API is about: the key's own. Only a key of all
// organisations names one, with the parameter org; for any other key it may only say what is so.

import { isOrganisation, SpanledgerError } from '@spanledger/ledger';
import { ALL_ORGANISATIONS, type Caller } from './keys.ts';

/** `mayBeAll`: whether the answer can be about all organisations at once. */
export function askedOrganisation(caller: Caller, named: unknown, mayBeAll: boolean): string {
  if (caller.org_id !== ALL_ORGANISATIONS) {
    if (named === undefined || named === caller.org_id) return caller.org_id;
    throw new SpanledgerError('forbidden', 'the key belongs to another organisation');
  }
  if (mayBeAll && (named === undefined || named === ALL_ORGANISATIONS)) return ALL_ORGANISATIONS;
  if (typeof named === 'string' && isOrganisation(named)) return named;
  const shown = named === undefined ? 'missing' : `"${String(named).slice(0, 80)}"`;
  throw new SpanledgerError(
    'invalid_parameter',
    `org=${shown}; allowed: an organisation (--org of the command), because the key is of all`,
  );
}
