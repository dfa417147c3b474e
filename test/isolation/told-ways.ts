// The ways by which programs tell of their work by hand: what is told is the teller's own, whoever else
// uses the same ids.

import type { Way } from './ways.ts';

const RUN = 'told-by-hand';
const MADE = 'made-by-hand';

export const TOLD_WAYS: Readonly<Record<string, Way>> = {
  'POST /api/v1/executions': {
    deeds: () => [{ path: '/api/v1/executions', body: { agent: 'host', execution_id: RUN } }],
  },
  'POST /api/v1/executions/:execution_id/events': {
    deeds: () => [
      { path: `/api/v1/executions/${RUN}/events`, body: { event: 'log', message: 'half way' } },
    ],
    missing: () => [{ path: '/api/v1/executions/nobody/events', body: { event: 'log' } }],
  },
  'POST /api/v1/usage': {
    deeds: () => [
      { path: '/api/v1/usage', body: { model: 'gpt-4o', input_tokens: 1, execution_id: RUN } },
    ],
  },
  'POST /api/v1/calls': {
    deeds: () => [{ path: '/api/v1/calls', body: { model: 'gpt-4o', prompt: 'hello' } }],
  },
  'POST /api/v1/executions/:execution_id/end': {
    deeds: () => [{ path: `/api/v1/executions/${RUN}/end`, body: { output: 'done' } }],
    missing: () => [{ path: '/api/v1/executions/nobody/end', body: {} }],
  },
  'GET /api/v1/tools': {
    asks: ({ period: { from, to } }) => [{ path: `/api/v1/tools?from=${from}&to=${to}` }],
  },
  'GET /api/v1/tool-requests': {
    asks: ({ period: { from, to } }) => [{ path: `/api/v1/tool-requests?from=${from}&to=${to}` }],
  },
  'POST /api/v1/count-tokens': {
    asks: () => [
      {
        path: '/api/v1/count-tokens',
        body: { model: 'gpt-4o', messages: [], tools: [{ name: 'lookup' }] },
      },
    ],
  },
  'POST /api/v1/generations': {
    deeds: () => [{ path: '/api/v1/generations', body: { id: MADE, prompt: 'an agent' } }],
  },
  'GET /api/v1/generations': { asks: () => [{ path: '/api/v1/generations' }] },
  'GET /api/v1/generations-by-user': { asks: () => [{ path: '/api/v1/generations-by-user' }] },
  'GET /api/v1/generations-by-day': { asks: () => [{ path: '/api/v1/generations-by-day' }] },
  'GET /api/v1/generations/:id': {
    missing: () => [{ path: '/api/v1/generations/nobody' }],
  },
  'POST /api/v1/generations/:id/complete': {
    deeds: () => [{ path: `/api/v1/generations/${MADE}/complete`, body: { retry_count: 1 } }],
    missing: () => [{ path: '/api/v1/generations/nobody/complete', body: {} }],
  },
  'POST /api/v1/generations/:id/fail': {
    deeds: () => [{ path: `/api/v1/generations/${MADE}/fail`, body: { error: 'too late' } }],
    missing: () => [{ path: '/api/v1/generations/nobody/fail', body: { error: 'no' } }],
  },
};
