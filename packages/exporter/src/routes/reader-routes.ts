// The users of SQL on a ClickHouse of the operator's own: the statements that make them, and running
// them. On the embedded server there is nothing to do.

import { SpanledgerError } from '@spanledger/ledger';
import { ALL_ORGANISATIONS, requireOperator } from '../keys/keys.ts';
import { APPLY } from './parameters.ts';
import type { Readers } from '../keys/readers.ts';
import { route, type Route } from './route.ts';
import type { Stages } from '../stages.ts';

const MS_PER_S = 1_000;
const KEYS_MAX = 10_000;

export function readerRoutes(stages: Stages, readers: Readers): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/v1/readers',
      meaning:
        'The statements that make the SQL users of a ClickHouse of your own; "apply" runs them.',
      role: 'admin',
      of_all: true,
      parameters: APPLY,
      answer: async (org, { apply = false }, caller) => {
        requireOperator(caller);
        if (stages.config.clickhouse.url === '') {
          return { embedded: true, applied: true, statements: [] };
        }
        const statements = await statementsFor(stages, readers, org);
        if (apply) await stages.store.applyStatements(statements);
        return { embedded: false, applied: apply, statements };
      },
    }),
  ];
}

async function statementsFor(
  { store, keys }: Stages,
  readers: Readers,
  org: string,
): Promise<readonly string[]> {
  if (keys.asked) await keys.read();
  const now_s = Date.now() / MS_PER_S;
  const all = await store.keys.list(ALL_ORGANISATIONS, KEYS_MAX);
  const ended = all.filter(
    ({ revoked_s, expires_s }) => revoked_s !== null || (expires_s ?? Infinity) <= now_s,
  );
  if (org !== ALL_ORGANISATIONS && !readers.add(org)) {
    throw new SpanledgerError('sql_not_available', 'too many organisations');
  }
  return readers.statements(ended);
}
