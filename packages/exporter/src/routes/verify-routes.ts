// The routes that hold what is stored against its facts: one only tells, the other mends as well.

import { PERIOD, VERIFY } from './parameters.ts';
import { period, route, type Route } from './route.ts';
import type { Stages } from '../stages.ts';
import { verifyAnswer } from './verify-answer.ts';

export function verifyRoutes(stages: Stages): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/verify',
      meaning:
        'Derives a period again from its facts and tells what differs and why: a page with `after`, all at once without.',
      parameters: { ...PERIOD, ...VERIFY },
      answer: (org_id, { after, ...given }) =>
        verifyAnswer(stages, { org_id, ...period(given) }, after ?? null, 'tell'),
    }),
    route({
      method: 'POST',
      path: '/api/v1/verify/repair',
      meaning:
        'The same, and what differs is settled and summed again and verified once more: a page with `after`.',
      role: 'admin',
      parameters: { ...PERIOD, ...VERIFY },
      answer: (org_id, { after, ...given }) =>
        verifyAnswer(stages, { org_id, ...period(given) }, after ?? null, 'repair'),
    }),
  ];
}
