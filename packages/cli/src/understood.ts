// Whether all that came was understood: spans that name GenAI and that no dialect claims may hold
// calls that are missing from the ledger.

import { UNCLAIMED, type Coverage } from './coverage.ts';
import { count } from './figures.ts';
import { good, type Check } from './local-checks.ts';
import { printable } from './table.ts';

const NAME = 'understood';

export function checkUnderstood({ unclaimed_spans = {} }: Coverage): Check {
  const scopes = Object.entries(unclaimed_spans);
  if (scopes.length === 0) return good(NAME, 'every GenAI span of the last day has its dialect');
  const told = scopes.map(([scope, spans]) => `${count(spans)} from ${printable(scope)}`);
  return {
    name: NAME,
    state: 'doubt',
    found: `${UNCLAIMED} in the last day: ${told.join(', ')}`,
    next_step: 'update Spanledger, or the emitter; calls in these spans are not in the ledger',
  };
}
