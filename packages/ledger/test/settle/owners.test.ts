// D3 and D4: which record of a call counts it, and whose figures are taken.

import type { Fact } from '../../src/index.ts';
import { beneath, call, silentCall } from '../fact-builder.ts';
import { units } from './unit.ts';

const client = silentCall({
  span_kind: 'client',
  streaming: true,
  response_id: 'chatcmpl-9',
  ms: 110,
});

units('D3 and D4 who owns', [
  {
    says: 'a gateway’s figures are lent to the client’s call, its own span is an echo',
    facts: [
      client,
      call({
        span_kind: 'server',
        service_name: 'gateway',
        scope_name: 'gw',
        response_id: 'chatcmpl-9',
        at: 5,
      }),
    ],
    roles: ['owner', 'echo'],
    rule: /figures from span/,
    input: 120,
  },
  {
    says: 'a measured figure wins over an estimate',
    facts: [
      call({ ms: 110, response_id: 'x' }),
      call({ marks: ['estimate'], input_tokens: 33, scope_name: 'scope-b', response_id: 'x' }),
    ],
    roles: ['owner', 'duplicate'],
    input: 120,
  },
  {
    says: 'an estimate alone is a hint, never a bill',
    facts: [call({ marks: ['estimate'] })],
    roles: ['unknown'],
    reason: 'emitter_estimate_only',
    input: 0,
  },
  {
    says: 'a stream without usage is a call whose amount nobody knows',
    facts: [silentCall({ streaming: true })],
    roles: ['unknown'],
    reason: 'stream_without_usage',
    input: 0,
  },
  {
    says: 'an answer without figures is one, too',
    facts: [silentCall({ streaming: false })],
    roles: ['unknown'],
    reason: 'emitter_reports_no_usage',
  },
  {
    says: 'zeros are no figures',
    facts: [silentCall({ input_tokens: 0, output_tokens: 0 })],
    roles: ['unknown'],
    reason: 'zero_means_unknown',
  },
]);

const application = call({
  kind: 'step',
  marks: ['aggregate', 'overwritten'],
  doubts: ['overwritten_span'],
  request_model: 'text-embedding-3-small',
  input_tokens: 8,
  output_tokens: 0,
  cache_read_tokens: null,
  reasoning_tokens: null,
  ms: 1000,
});
const silentOf = (request_model: string, at: number): Fact =>
  silentCall(beneath(application, { request_model, at, ms: 50 }));

units('a span that its emitter overwrote', [
  {
    says: 'lends its figures to the last call beneath it, where that is silent',
    facts: [
      application,
      call(beneath(application, { at: 10 })),
      silentOf('gpt-4o', 200),
      silentOf('text-embedding-3-small', 300),
    ],
    roles: ['aggregate', 'owner', 'unknown', 'owner'],
    rule: /figures left on the span above/,
    doubt: 'overwritten_span',
    no_doubt: 'parent_sum_differs',
    input: 128,
  },
  {
    says: 'lends nothing to an earlier call, nor to one of another model',
    facts: [
      application,
      silentOf('text-embedding-3-small', 200),
      silentOf('gpt-4o', 300),
      call(beneath(application, { at: 10 })),
    ],
    roles: ['aggregate', 'unknown', 'unknown', 'owner'],
    input: 120,
  },
  {
    says: 'lends nothing where a call beneath has told these figures',
    facts: [
      application,
      call({
        ...application,
        ...beneath(application),
        kind: 'llm',
        marks: [],
        at: 10,
        ms: 9,
        span_id: '3'.repeat(16),
        doubts: [],
      }),
      silentOf('text-embedding-3-small', 300),
    ],
    roles: ['aggregate', 'owner', 'unknown'],
    input: 8,
  },
]);

units('a stream that failed', [
  {
    says: 'has not told all that was billed',
    facts: [call({ streaming: true, status: 'error' })],
    roles: ['owner'],
    doubt: 'stream_aborted',
  },
  {
    says: 'after the reason for its end has told all',
    facts: [call({ streaming: true, status: 'error', finish_reasons: ['stop'] })],
    roles: ['owner'],
    no_doubt: 'stream_aborted',
  },
]);
