// The route that says why an agent did not run in a conversation, or that it did.

import { why, type WhyRow } from '@spanledger/ledger';
import { WHY_ROWS_MAX, WHY_TRACES_MAX } from '@spanledger/store';
import { z } from 'zod';
import { PERIOD } from './parameters.ts';
import { period, route, type Route } from './route.ts';
import type { Stages } from '../stages.ts';

const NAME_LENGTH_MAX = 200;
const ID_LENGTH_MAX = 1_024;
const DAYS_S = 86_400;
/** Where nothing is said, and how far back an agent's habits are learned. */
const LEARNED_DAYS = 30;
const MS_PER_S = 1_000;
const NS_PER_MS = 1_000_000n;

const agent = z
  .string()
  .min(1)
  .max(NAME_LENGTH_MAX)
  .describe(`a name of 1 to ${NAME_LENGTH_MAX} characters`);
const conversation = z
  .string()
  .min(1)
  .max(ID_LENGTH_MAX)
  .describe(`an id of 1 to ${ID_LENGTH_MAX} characters`);

export function whyRoutes({ store, config }: Stages): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/why',
      meaning:
        'Why an agent did not run in a conversation, or that it did: a verdict, how sure it is, and the evidence.',
      parameters: { agent, conversation_id: conversation, ...PERIOD },
      answer: async (org, { agent, conversation_id, ...given }) => {
        const asked = { org, ...period(given, LEARNED_DAYS * DAYS_S * MS_PER_S) };
        const learned_s = Math.max(0, asked.to_s - LEARNED_DAYS * DAYS_S);
        const of = { conversation: conversation_id };
        const [rows, habits] = await Promise.all([
          store.ask('why_conversation', { ...asked, ...of, limit: WHY_ROWS_MAX }),
          store.ask('why_habits', { ...asked, ...of, agent, from_s: learned_s }),
        ]);
        const now = {
          now_ns: BigInt(Date.now()) * NS_PER_MS,
          abandoned_ns: BigInt(config.abandoned_ms) * NS_PER_MS,
        };
        const answer = why(agent, [...rows, ...restOf(rows)], habits, now);
        return { agent_name: agent, conversation_id, ...answer };
      },
    }),
  ];
}

/** Where not all rows were read, a trace of which nothing is known stands for the rest. */
function restOf(rows: readonly WhyRow[]): WhyRow[] {
  const [first] = rows;
  if (first === undefined) return [];
  const traces = new Set(rows.map(({ trace_id }) => trace_id)).size;
  if (rows.length < WHY_ROWS_MAX && traces < WHY_TRACES_MAX) return [];
  return [{ ...first, what: 'trace', event: '', span_id: '', attributes: { roots: '0' } }];
}
