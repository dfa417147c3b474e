// The routes about tools: what they cost by tool, server, agent and action; single requests; and how
// many tokens a request will have.

import { z } from 'zod';
import { countRequest } from '../tools/count-tokens.ts';
import { LIMIT, PERIOD } from './parameters.ts';
import { period, route, type Route } from './route.ts';
import type { Stages } from '../stages.ts';
import { toolReport } from '../tools/tool-report.ts';
import { toolRequests } from '../tools/tool-requests.ts';

const LISTED = 50;
const NAME_CHARACTERS_MAX = 256;
const LIST_MAX = 10_000;

const name = z.string().min(1).max(NAME_CHARACTERS_MAX).describe('a name of 1 to 256 characters');
const list = z.array(z.unknown()).max(LIST_MAX).describe(`a list of at most ${LIST_MAX}`);

export function toolRoutes(stages: Stages): readonly Route[] {
  stages.metrics.source('spanledger_counted_tool_sets', () => stages.toolSets.size);
  return [
    route({
      method: 'GET',
      path: '/api/v1/tools',
      meaning:
        'What tools cost: tokens of definitions and of results sent back, by tool, never-used ones first, by server, agent and action.',
      parameters: PERIOD,
      answer: (org, given) => toolReport(stages, { org, ...period(given) }),
    }),
    route({
      method: 'GET',
      path: '/api/v1/tool-requests',
      meaning: 'Model calls, the latest first, each with its tools and what they add to its input.',
      parameters: { ...PERIOD, ...LIMIT, agent: name.optional() },
      answer: async (org, { limit = LISTED, agent = '', ...given }) => ({
        requests: await toolRequests(stages, { org, ...period(given), limit, agent }),
      }),
    }),
    route({
      method: 'POST',
      path: '/api/v1/count-tokens',
      meaning:
        'Tokens of a request before it is made, and what the results of its tools usually add, from their history.',
      role: 'ingest',
      parameters: {
        model: name,
        provider: name.optional(),
        messages: list.optional(),
        tools: list.optional(),
      },
      answer: (org, given) => countRequest(stages, org, given),
    }),
  ];
}
