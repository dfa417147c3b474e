// Situations that real emitters and gateways make, told from the outside: which facts came, and what
// the ledger must count of them. Figures differ from call to call, so that a swap shows.

import { beneath, call, fact, OTHER_TRACE, silentCall, type Said } from '../fact-builder.ts';
import { units } from './unit.ts';

const THIRD_TRACE = 'c'.repeat(32);
const figures = (input_tokens: number, output_tokens: number): Said => ({
  input_tokens,
  output_tokens,
  cache_read_tokens: 0,
  reasoning_tokens: 0,
});
const callback = (said: Said = {}): Said => ({
  marks: ['answered', 'not_current'],
  scope_name: 'callback',
  ms: 120,
  ...said,
});
const client = (said: Said = {}): Said => ({ scope_name: 'client', at: 10, ms: 100, ...said });

units('two records of one call in different traces', [
  {
    says: 'with the provider’s id',
    facts: [
      call({ ...callback(), response_id: 'r', ...figures(200, 7) }),
      call({ ...client({ trace_id: OTHER_TRACE }), response_id: 'r', ...figures(200, 7) }),
    ],
    roles: ['duplicate', 'owner'],
    input: 200,
    output: 7,
  },
  {
    says: 'without an id',
    facts: [
      call({ ...callback(), ...figures(200, 7) }),
      call({ ...client({ trace_id: OTHER_TRACE }), ...figures(200, 7) }),
    ],
    roles: ['duplicate', 'owner'],
    doubt: 'matched_without_id',
    input: 200,
    output: 7,
  },
  {
    says: 'an id on one side only',
    facts: [
      call({ ...callback(), ...figures(200, 7) }),
      call({ ...client({ trace_id: OTHER_TRACE }), response_id: 'r', ...figures(200, 7) }),
    ],
    roles: ['duplicate', 'owner'],
    input: 200,
    output: 7,
  },
  {
    says: 'four at once with equal figures, each told twice, are four bills',
    facts: [0, 1, 2, 3].flatMap((n) => [
      call({ ...callback({ at: n }), trace_id: 'a'.repeat(32) }),
      call({ ...client({ at: n + 5 }), trace_id: `${n}`.repeat(32) }),
    ]),
    roles: ['duplicate', 'owner', 'duplicate', 'owner', 'duplicate', 'owner', 'duplicate', 'owner'],
    input: 480,
    output: 120,
  },
  {
    says: 'four at once, told twice, of which two lost their client’s record: still four',
    facts: [0, 1, 2, 3].flatMap((n) => [
      call({ ...callback({ at: n }) }),
      ...(n < 2 ? [call({ ...client({ at: n + 5 }), trace_id: OTHER_TRACE })] : []),
    ]),
    roles: ['duplicate', 'owner', 'duplicate', 'owner', 'owner', 'owner'],
    input: 480,
    output: 120,
  },
  {
    says: 'four equal requests at once by one emitter are four bills, with ids and without',
    facts: [0, 0, 0, 0].map((at, n) => call({ at, response_id: n % 2 === 0 ? `r${n}` : '' })),
    roles: ['owner', 'owner', 'owner', 'owner'],
    input: 480,
    output: 120,
  },
  {
    says: 'a silent record takes the twin that fits, and a third scope’s call stays its own',
    facts: [
      silentCall({ ...callback(), marks: ['not_current'] }),
      call({ ...client({ trace_id: OTHER_TRACE }), ...figures(200, 7) }),
      call({ at: 20, ms: 50, scope_name: 'other', trace_id: THIRD_TRACE, ...figures(5, 1) }),
    ],
    roles: ['duplicate', 'owner', 'owner'],
    input: 205,
    output: 8,
  },
]);

const framework = call({ ms: 120, ...figures(140, 30) });

units('records of one call that disagree', [
  {
    says: '140 outside and 40 beneath: the inner is taken whole, and both are told',
    facts: [framework, call(beneath(framework, { ...client(), ...figures(40, 30) }))],
    roles: ['duplicate', 'owner'],
    rule: /140\/30 by [0-9a-f]+ not taken/,
    doubt: 'figures_differ',
    input: 40,
  },
  {
    says: 'the one that names more classes is taken, wherever it lies',
    facts: [
      call({ ...framework, cache_read_tokens: 80, cache_write_tokens: 20 }),
      call(
        beneath(framework, {
          ...client(),
          input_tokens: 40,
          cache_read_tokens: null,
          reasoning_tokens: 0,
        }),
      ),
    ],
    roles: ['owner', 'duplicate'],
    doubt: 'figures_differ',
    input: 140,
  },
  {
    says: 'two conventions of the same figures are no contradiction',
    facts: [
      call({ ...framework, cache_read_tokens: 80, cache_write_tokens: 20 }),
      call(
        beneath(framework, {
          ...client(),
          input_tokens: 40,
          cache_read_tokens: 80,
          cache_write_tokens: 20,
          reasoning_tokens: 0,
          cache_convention: 'excluded',
        }),
      ),
    ],
    roles: ['duplicate', 'owner'],
    no_doubt: 'figures_differ',
    input: 140,
  },
]);

const app = (said: Said = {}): Said => ({ span_kind: 'client', scope_name: 'client', ...said });
const gateway = (said: Said = {}): Said => ({
  service_name: 'gateway',
  scope_name: 'proxy',
  span_kind: 'server',
  at: 5,
  ms: 80,
  ...said,
});
const appCall = call({ ...app(), ...figures(33, 4) });
const appStream = silentCall({ ...app(), streaming: true });
const server = fact(beneath(appCall, { ...gateway(), kind: 'other' }));
const serverCall = call(beneath(appCall, { ...gateway(), ...figures(33, 4) }));
const plain = fact(beneath(appStream, { ...gateway(), kind: 'other' }));
const hop = (said: Said = {}): Said => ({
  ...gateway({ span_kind: 'client', at: 8, ms: 60, ...said }),
});

units('gateways, proxies and server echoes', [
  {
    says: 'the server’s record of a client’s call is its echo, whatever the clocks',
    facts: [appCall, call({ ...serverCall, at: 20_000, ms: 80 })],
    roles: ['owner', 'echo'],
    input: 33,
  },
  {
    says: 'client, proxy and the proxy’s own client are one call',
    facts: [appCall, server, call(beneath(server, { ...hop(), ...figures(33, 4) }))],
    roles: ['duplicate', '', 'owner'],
    input: 33,
  },
  {
    says: 'the gateway knows the usage that the client’s stream does not: in one trace',
    facts: [appStream, plain, call(beneath(plain, { ...hop(), ...figures(51, 9) }))],
    roles: ['duplicate', '', 'owner'],
    input: 51,
    output: 9,
  },
  {
    says: 'the gateway knows it: in another trace, by the id',
    facts: [
      silentCall({ ...app(), streaming: true, response_id: 'r' }),
      call({
        ...gateway({ at: -30_000, trace_id: OTHER_TRACE, response_id: 'r' }),
        ...figures(51, 9),
      }),
    ],
    roles: ['owner', 'echo'],
    rule: /figures from span/,
    input: 51,
    output: 9,
  },
  {
    says: 'a deployment that failed behind the gateway is an attempt of the client’s call',
    facts: [
      appCall,
      server,
      silentCall(beneath(server, { ...hop({ ms: 5 }), marks: [], status: 'error' })),
      call(beneath(server, { ...hop({ at: 20, ms: 40 }), ...figures(33, 4) })),
    ],
    roles: ['duplicate', '', 'attempt', 'owner'],
    input: 33,
  },
  {
    says: 'a server whose client never came is the call',
    facts: [call({ ...gateway(), parent_span_id: 'f'.repeat(16), ...figures(33, 4) })],
    roles: ['owner'],
    input: 33,
  },
  {
    says: 'a gateway may give the answer another id on its way',
    facts: [
      call({ ...appCall, response_id: 'gw-1' }),
      call(beneath(appCall, { ...gateway(), response_id: 'chatcmpl-1', ...figures(33, 4) })),
    ],
    roles: ['owner', 'echo'],
    input: 33,
  },
]);

const run = fact({ kind: 'agent', agent_name: 'planner', ms: 1000 });
const wrapper = call(beneath(run, { scope_name: 'wrapper', at: 1, ms: 120, ...figures(61, 6) }));
const second = call(beneath(wrapper, { scope_name: 'second', at: 2, ms: 110, ...figures(61, 6) }));
const sdk = call(beneath(second, { scope_name: 'sdk', at: 3, ms: 100, ...figures(61, 6) }));

units('layers over one call', [
  { says: 'an agent alone', facts: [run], roles: ['none'], doubt: 'no_call_telemetry', input: 0 },
  {
    says: 'tools alone',
    facts: [fact({ kind: 'tool', tool_name: 'search' })],
    roles: ['none'],
    doubt: 'no_call_telemetry',
  },
  {
    says: 'tools of a conversation, whose calls may lie in other traces',
    facts: [fact({ kind: 'tool', tool_name: 'search', conversation_id: 'c' })],
    roles: ['none'],
    no_doubt: 'no_call_telemetry',
  },
  {
    says: 'an agent that sums, and nobody else tells: the sum is the bill',
    facts: [call({ kind: 'agent', ...figures(300, 40) })],
    roles: ['owner'],
    doubt: 'aggregate_only',
    input: 300,
  },
  { says: 'a model call alone', facts: [sdk], roles: ['owner'], input: 61 },
  { says: 'agent and model', facts: [run, wrapper], roles: ['none', 'owner'], input: 61 },
  {
    says: 'two wrappers over one SDK',
    facts: [run, wrapper, second, sdk],
    roles: ['none', 'duplicate', 'duplicate', 'owner'],
    input: 61,
  },
  {
    says: 'two wrappers whose SDK tells nothing',
    facts: [run, wrapper, second],
    roles: ['none', 'duplicate', 'owner'],
    input: 61,
  },
  {
    says: 'the middle layer silent',
    facts: [
      run,
      wrapper,
      silentCall({ ...second, span_id: 'd'.repeat(16) }),
      call({ ...sdk, parent_span_id: 'd'.repeat(16) }),
    ],
    roles: ['none', 'duplicate', 'duplicate', 'owner'],
    input: 61,
  },
  {
    says: 'framework by callbacks, instrumentation and native spans, each a trace of its own',
    facts: [
      call({ ...callback({ ms: 140 }), ...figures(61, 6) }),
      call({ ...client({ ms: 110, trace_id: OTHER_TRACE, response_id: 'r' }), ...figures(61, 6) }),
      call({ at: 12, ms: 90, scope_name: 'sdk', trace_id: THIRD_TRACE, response_id: 'r' }),
    ].map((one) => ({ ...one, ...figures(61, 6) })),
    roles: ['duplicate', 'duplicate', 'owner'],
    input: 61,
  },
  {
    says: 'zeros that mean unknown lose against the figures of any other layer',
    facts: [call({ ...wrapper, ...figures(0, 0) }), call({ ...second, ...figures(61, 6) })],
    roles: ['duplicate', 'owner'],
    input: 61,
  },
  {
    says: 'zeros beneath lose as well',
    facts: [call({ ...wrapper }), call({ ...second, ...figures(0, 0) })],
    roles: ['owner', 'duplicate'],
    input: 61,
  },
  {
    says: 'zeros of a callback in another trace hide nothing',
    facts: [
      call({ ...callback(), ...figures(0, 0) }),
      call({ ...client({ trace_id: OTHER_TRACE }), ...figures(61, 6) }),
    ],
    roles: ['duplicate', 'owner'],
    input: 61,
  },
  {
    says: 'a client that runs the tools itself may hide calls, and says so',
    facts: [
      call({ ...wrapper, marks: ['answered', 'calls_tools_itself'] }),
      fact(beneath(wrapper, { kind: 'tool', tool_name: 't', scope_name: 'wrapper' })),
    ],
    roles: ['owner', 'none'],
    doubt: 'may_hold_several_bills',
    input: 61,
  },
]);

const sum = (said: Said): ReturnType<typeof call> =>
  call({ kind: 'agent', at: 0, ms: 900, ...said });
const shared = sum({ marks: ['cumulative'], ...figures(600, 60) });
const wrong = sum(figures(100, 10));

units('sums of agents', [
  {
    says: 'a cumulative sum over its calls is a hint without a doubt',
    facts: [shared, call(beneath(shared, { at: 10, ...figures(61, 6) }))],
    roles: ['aggregate', 'owner'],
    rule: /D6 sums 600\/60, the 1 calls beneath used 61\/6/,
    no_doubt: 'parent_sum_differs',
    input: 61,
  },
  {
    says: 'a sum that is not its calls’ is a doubt, and the calls are counted',
    facts: [
      wrong,
      call(beneath(wrong, { at: 10, ...figures(61, 6) })),
      call(beneath(wrong, { at: 200, ...figures(62, 7) })),
    ],
    roles: ['aggregate', 'owner', 'owner'],
    rule: /D6 sums 100\/10, the 2 calls beneath used 123\/13/,
    doubt: 'parent_sum_differs',
    input: 123,
  },
  {
    says: 'a sum that is its calls’ is none, although they lie in another trace as well',
    facts: [
      sum({ ...figures(61, 6), span_id: '5'.repeat(16) }),
      call({
        ...callback({ parent_span_id: '5'.repeat(16), response_id: 'r' }),
        ...figures(61, 6),
      }),
      call({ ...client({ trace_id: OTHER_TRACE, response_id: 'r' }), ...figures(61, 6) }),
    ],
    roles: ['aggregate', 'owner', 'duplicate'],
    no_doubt: 'parent_sum_differs',
    input: 61,
  },
]);

const lost = { parent_span_id: 'f'.repeat(16) };
const ring = [1, 2, 3].map((n) =>
  call({
    span_id: `${n}`.repeat(16),
    parent_span_id: `${(n % 3) + 1}`.repeat(16),
    at: n,
    ms: 500,
    response_id: `r${n}`,
    ...figures(10 * n, n),
  }),
);

units('torn and hostile traces', [
  {
    says: 'calls whose parent never came are calls',
    facts: [
      call({ ...lost, ...figures(61, 6) }),
      call({ ...lost, at: 300, ms: 50, ...figures(62, 7) }),
    ],
    roles: ['owner', 'owner'],
    input: 123,
  },
  {
    says: 'the layer between was lost: the orphan is still the call above it',
    facts: [
      call({ scope_name: 'wrapper', ms: 120, ...figures(61, 6) }),
      call({ ...lost, ...client(), ...figures(61, 6) }),
    ],
    roles: ['duplicate', 'owner'],
    doubt: 'matched_without_id',
    input: 61,
  },
  {
    says: 'calls in a circle of parents are counted, none of them twice',
    facts: ring,
    roles: ['owner', 'owner', 'owner'],
    input: 60,
  },
  {
    says: 'one span id in two traces is two spans',
    facts: [
      call({ span_id: '7'.repeat(16), ...figures(61, 6) }),
      call({ span_id: '7'.repeat(16), trace_id: OTHER_TRACE, ...figures(62, 7) }),
    ],
    roles: ['owner', 'owner'],
    input: 123,
  },
  {
    says: 'a span that is its own parent',
    facts: [call({ span_id: '8'.repeat(16), parent_span_id: '8'.repeat(16) })],
    roles: ['owner'],
    input: 120,
  },
  {
    says: 'the same trace from two organisations is two ledgers',
    facts: [
      call({ span_id: '6'.repeat(16), response_id: 'r', ...figures(61, 6) }),
      call({ span_id: '9'.repeat(16), response_id: 'r', org_id: 'other', scope_name: 'client' }),
    ],
    roles: ['owner', 'owner'],
    input: 181,
  },
]);

units('an emitter’s own numbers', [
  {
    says: 'a total that no reading comes to',
    facts: [call({ ...figures(61, 6), total_tokens: 99 })],
    roles: ['owner'],
    doubt: 'total_contradicts',
    input: 61,
    output: 6,
  },
]);
