// D8 and D9: the same record twice, and the second record of a stream.

import { beneath, call, fact, silentCall } from '../fact-builder.ts';
import { units } from './unit.ts';

const agent = fact({ kind: 'agent', agent_name: 'planner', ms: 1000 });

units('D8 the same record twice', [
  {
    says: 'the version that ended last wins',
    facts: [
      call({ span_id: '9'.repeat(16), version: 2n, input_tokens: 200 }),
      call({ span_id: '9'.repeat(16), version: 1n }),
    ],
    roles: ['owner', 'owner'],
    input: 200,
  },
]);

const began = silentCall({ ms: 5, streaming: true });

units('D9 the second record of a stream', [
  {
    says: 'the end of a stream joins the request that began it',
    facts: [began, call({ marks: ['stream_end'], at: 6, ms: 80 })],
    roles: ['duplicate', 'owner'],
    rule: /D9 the end of the stream/,
    input: 120,
  },
  {
    says: 'a handle that ends before its call begins is that call',
    facts: [
      agent,
      silentCall(beneath(agent, { ms: 5, marks: [] })),
      call(beneath(agent, { at: 9, ms: 80, scope_name: 'scope-b' })),
    ],
    roles: ['none', 'duplicate', 'owner'],
    rule: /D9-handle/,
    doubt: 'matched_without_id',
    input: 120,
  },
]);

units('D9 a handle', [
  {
    says: 'of a stream that is open when its call begins is that call',
    facts: [
      agent,
      silentCall(beneath(agent, { ms: 15, marks: [], streaming: true })),
      call(beneath(agent, { at: 2, ms: 80, scope_name: 'scope-b' })),
    ],
    roles: ['none', 'duplicate', 'owner'],
    rule: /D9-handle/,
    input: 120,
  },
  {
    says: 'of a stream is not a call that was over before it',
    facts: [
      agent,
      silentCall(beneath(agent, { ms: 900, marks: [], streaming: true })),
      call(beneath(agent, { at: 2, ms: 80, scope_name: 'scope-b' })),
    ],
    roles: ['none', 'unknown', 'owner'],
  },
  {
    says: 'whose call begins much later is a call of its own',
    facts: [
      agent,
      silentCall(beneath(agent, { ms: 5, marks: [] })),
      call(beneath(agent, { at: 300, ms: 80, scope_name: 'scope-b' })),
    ],
    roles: ['none', 'unknown', 'owner'],
  },
]);
