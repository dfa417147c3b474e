// D1 and 3.2: which records are calls, which are sums of an application, and which were attempts.

import { beneath, call, fact, silentCall } from '../fact-builder.ts';
import { units } from './unit.ts';

const agent = fact({ kind: 'agent', agent_name: 'planner', ms: 1000 });
const summing = call({ kind: 'agent', ms: 1000, input_tokens: 240, output_tokens: 60 });

const sum = call(beneath(agent, { marks: ['aggregate'], ms: 500 }));

units('D1 kind decides what may bill', [
  { says: 'a model call owns', facts: [call()], roles: ['owner'], input: 120 },
  {
    says: 'a judge that tells its usage is a call, one that does not is none',
    facts: [call({ kind: 'evaluation' }), silentCall({ kind: 'evaluation', at: 200 })],
    roles: ['owner', ''],
    input: 120,
  },
  {
    says: 'embedding and rerank are calls',
    facts: [call({ kind: 'embedding' }), call({ kind: 'rerank', at: 200 })],
    roles: ['owner', 'owner'],
  },
  {
    says: 'an agent that repeats its calls is an aggregate',
    facts: [summing, call(beneath(summing)), call(beneath(summing, { at: 200 }))],
    roles: ['aggregate', 'owner', 'owner'],
    input: 240,
  },
  {
    says: 'a record that its emitter marks as a sum never is a call',
    facts: [agent, sum, call(beneath(sum))],
    roles: ['none', 'aggregate', 'owner'],
    input: 120,
  },
  {
    says: 'steps and plumbing get no row',
    facts: [fact({ kind: 'step' }), fact()],
    roles: ['', ''],
  },
]);

const inferred = call({ marks: ['inferred'], operation: '', ms: 1000, input_tokens: 240 });

units('D1-inferred an inferred call', [
  { says: 'alone is a call', facts: [inferred], roles: ['owner'], input: 240 },
  {
    says: 'with a call beneath is an application’s own sum',
    facts: [inferred, call(beneath(inferred))],
    roles: ['aggregate', 'owner'],
    input: 120,
  },
  {
    says: 'with an orphan call inside its time is one, too',
    facts: [inferred, call({ at: 10, parent_span_id: 'f'.repeat(16) })],
    roles: ['aggregate', 'owner'],
    input: 120,
  },
]);

const failed = silentCall({ status: 'error', error_type: '429', marks: [] });

units('D1-attempt attempts', [
  {
    says: 'an error without usage, id and answer is an attempt',
    facts: [failed],
    roles: ['attempt'],
  },
  {
    says: 'a failed call and the tries beneath it are one failed call',
    facts: [
      failed,
      silentCall(beneath(failed, { marks: [], status: 'error', at: 1, ms: 5, scope_name: 'b' })),
      silentCall(beneath(failed, { marks: [], status: 'error', at: 9, ms: 5, scope_name: 'b' })),
    ],
    roles: ['attempt', 'attempt', 'attempt'],
    rule: /a try of the failed call above/,
  },
  {
    says: 'an error after an answer may have been billed',
    facts: [silentCall({ status: 'error', response_id: 'chatcmpl-1' })],
    roles: ['unknown'],
    reason: 'failed_after_answer',
  },
  {
    says: 'the status alone decides nothing',
    facts: [call({ status: 'error', output_tokens: null, reasoning_tokens: null })],
    roles: ['owner'],
    reason: 'partial_usage',
  },
]);
