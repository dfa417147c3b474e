// One table per rule of settling: small units, and the role that each record of them must get.

import { describe, expect, it } from 'vitest';
import { bundledPriceBook, settle, type Fact, type LedgerRow } from '../src/index.ts';
import { beneath, call, event, fact, OTHER_TRACE, silentCall } from './fact-builder.ts';

const BOOK = bundledPriceBook();

interface Unit {
  readonly says: string;
  readonly facts: readonly Fact[];
  /** The role of each fact, in the order of `facts`; '' for no row. */
  readonly roles: readonly string[];
  readonly rule?: RegExp;
  readonly doubt?: string;
  readonly reason?: string;
  readonly input?: number;
}

function rowOf(rows: readonly LedgerRow[], one: Fact): LedgerRow | undefined {
  return rows.find(
    (row) =>
      row.trace_id === one.trace_id && row.span_id === one.span_id && row.event_id === one.event_id,
  );
}

function check(unit: Unit): void {
  const { rows } = settle(unit.facts, BOOK);
  expect(unit.facts.map((one) => rowOf(rows, one)?.role ?? '')).toEqual(unit.roles);
  if (unit.rule !== undefined) {
    expect(rows.map((row) => row.rule).join('\n')).toMatch(unit.rule);
  }
  if (unit.doubt !== undefined) {
    expect(rows.flatMap((row) => row.doubts)).toContain(unit.doubt);
  }
  if (unit.reason !== undefined) {
    expect(rows.filter((row) => row.counted).map((row) => row.usage_reason)).toContain(unit.reason);
  }
  if (unit.input !== undefined) {
    const counted = rows.filter((row) => row.counted);
    const sum = counted.reduce(
      (n, row) => n + (row.input_uncached ?? 0) + (row.cache_read ?? 0),
      0,
    );
    expect(sum).toBe(unit.input);
  }
}

function units(rule: string, list: readonly Unit[]): void {
  describe(rule, () => {
    it.each(list)('$says', check);
  });
}

const agent = fact({ kind: 'agent', agent_name: 'planner', ms: 1000 });
const summing = call({ kind: 'agent', ms: 1000, input_tokens: 240, output_tokens: 60 });

const sum = call(beneath(agent, { marks: ['aggregate'], ms: 500 }));

units('D1 kind decides what may bill', [
  { says: 'a model call owns', facts: [call()], roles: ['owner'], input: 120 },
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

units('3.2-5 an inferred call', [
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

units('3.2-7 attempts', [
  {
    says: 'an error without usage, id and answer is an attempt',
    facts: [failed],
    roles: ['attempt'],
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

const wrapper = call({ ms: 110, response_id: 'chatcmpl-1' });

units('D2b same response id', [
  {
    says: 'in another trace and scope is the same call',
    facts: [
      wrapper,
      call({
        at: 5,
        ms: 90,
        trace_id: OTHER_TRACE,
        scope_name: 'scope-b',
        response_id: 'chatcmpl-1',
      }),
    ],
    roles: ['duplicate', 'owner'],
    rule: /D2b same response id chatcmpl-1/,
    input: 120,
  },
  {
    says: 'in the same scope is another call: a stand-in serves one id many times',
    facts: [wrapper, call({ at: 5, response_id: 'chatcmpl-1' })],
    roles: ['owner', 'owner'],
    input: 240,
  },
  {
    says: 'in the same scope but one above the other is one call',
    facts: [
      wrapper,
      call(beneath(wrapper, { at: 5, ms: 90, response_id: 'chatcmpl-1' })),
      call({ at: 6, response_id: 'chatcmpl-2' }),
    ],
    roles: ['duplicate', 'owner', 'owner'],
  },
  {
    says: 'far apart in time is another call',
    facts: [wrapper, call({ at: 5000, scope_name: 'scope-b', response_id: 'chatcmpl-1' })],
    roles: ['owner', 'owner'],
    input: 240,
  },
  {
    says: 'between services clocks may differ by a minute',
    facts: [
      wrapper,
      call({
        at: 50_000,
        scope_name: 'scope-b',
        service_name: 'gateway',
        trace_id: OTHER_TRACE,
        response_id: 'chatcmpl-1',
      }),
    ],
    roles: ['duplicate', 'owner'],
  },
]);

const outer = call({ ms: 110 });
const tool = fact({ kind: 'tool', tool_name: 'ask', ...beneath(outer), at: 10, ms: 80 });
const link = fact(beneath(outer, { at: 1, ms: 100 }));

units('D2c containment', [
  {
    says: 'exactly one call beneath is the same call, whatever the figures',
    facts: [
      outer,
      call(
        beneath(outer, {
          at: 5,
          ms: 90,
          scope_name: 'scope-b',
          input_tokens: 60,
          cache_read_tokens: 20,
        }),
      ),
    ],
    roles: ['duplicate', 'owner'],
    rule: /D2c/,
    input: 60,
  },
  {
    says: 'plumbing between them changes nothing',
    facts: [outer, link, call(beneath(link, { at: 5, ms: 90, scope_name: 'scope-b' }))],
    roles: ['duplicate', '', 'owner'],
    input: 120,
  },
  {
    says: 'several calls beneath make the outer one their sum',
    facts: [
      outer,
      call(beneath(outer, { at: 5, ms: 20 })),
      call(beneath(outer, { at: 50, ms: 20 })),
    ],
    roles: ['aggregate', 'owner', 'owner'],
    input: 240,
  },
  {
    says: 'a tool between them makes it another bill',
    facts: [outer, tool, call(beneath(tool, { at: 20, ms: 20 }))],
    roles: ['owner', 'none', 'owner'],
    input: 240,
  },
  {
    says: 'one scope with two ids is two calls',
    facts: [wrapper, call(beneath(wrapper, { at: 5, ms: 90, response_id: 'chatcmpl-2' }))],
    roles: ['owner', 'owner'],
    input: 240,
  },
  {
    says: 'failed tries beneath are attempts of the call',
    facts: [
      outer,
      silentCall(
        beneath(outer, { at: 5, ms: 5, marks: [], status: 'error', scope_name: 'scope-b' }),
      ),
      call(beneath(outer, { at: 20, ms: 50, scope_name: 'scope-b' })),
    ],
    roles: ['duplicate', 'attempt', 'owner'],
    input: 120,
  },
]);

const callback = call({
  marks: ['answered', 'not_current'],
  scope_name: 'callback',
  trace_id: OTHER_TRACE,
  ms: 120,
});
const inside = { at: 10, ms: 100, scope_name: 'client' };

units('D2d pairs without ids', [
  {
    says: 'an emitter that is not the current span has its twin elsewhere',
    facts: [callback, call(inside)],
    roles: ['duplicate', 'owner'],
    doubt: 'matched_without_id',
    input: 120,
  },
  {
    says: 'four equal requests at once are four bills',
    facts: [0, 1, 2, 3].map((at) => call({ at, response_id: '' })),
    roles: ['owner', 'owner', 'owner', 'owner'],
    input: 480,
  },
  {
    says: 'four pairs are four bills, not one and not eight',
    facts: [0, 1, 2, 3].flatMap((at) => [
      call({ marks: ['answered', 'not_current'], scope_name: 'callback', at, ms: 120 }),
      call({ ...inside, at: at + 5 }),
    ]),
    roles: ['duplicate', 'owner', 'duplicate', 'owner', 'duplicate', 'owner', 'duplicate', 'owner'],
    input: 480,
  },
  {
    says: 'an emitter that is the current span has no twin elsewhere',
    facts: [call({ scope_name: 'callback', trace_id: OTHER_TRACE, ms: 120 }), call(inside)],
    roles: ['owner', 'owner'],
    input: 240,
  },
  {
    says: 'other figures are another call',
    facts: [
      callback,
      call({ ...inside, input_tokens: 121, output_tokens: 3, reasoning_tokens: 0 }),
    ],
    roles: ['owner', 'owner'],
  },
  {
    says: 'another model is another call',
    facts: [callback, call({ ...inside, request_model: 'gpt-4o-mini' })],
    roles: ['owner', 'owner'],
  },
  {
    says: 'two different ids are two calls, however alike',
    facts: [
      call({ ...callback, span_id: 'c'.repeat(16), response_id: 'r1' }),
      call({ ...inside, response_id: 'r2' }),
    ],
    roles: ['owner', 'owner'],
    input: 240,
  },
  {
    says: 'a side that knows no figures matches as well',
    facts: [silentCall({ ...callback, marks: ['not_current'] }), call(inside)],
    roles: ['duplicate', 'owner'],
    input: 120,
  },
]);

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

units('D5 and D6 sums', [
  {
    says: 'a sum bills where no call tells more',
    facts: [summing],
    roles: ['owner'],
    doubt: 'aggregate_only',
    input: 240,
  },
  {
    says: 'a sum takes the place of the silent call beneath: one call',
    facts: [summing, silentCall(beneath(summing, { at: 10 }))],
    roles: ['owner', 'duplicate'],
    rule: /D5 the sum above bills in its place/,
    input: 240,
  },
  {
    says: 'it does so through an agent between, and for all records of that call',
    facts: [
      summing,
      ...[fact(beneath(summing, { kind: 'agent', ms: 900 }))].flatMap((between) => [
        between,
        silentCall(beneath(between, { at: 10, response_id: 'r' })),
        silentCall({ at: 11, ms: 50, trace_id: OTHER_TRACE, scope_name: 'b', response_id: 'r' }),
      ]),
    ],
    roles: ['owner', 'none', 'duplicate', 'duplicate'],
    input: 240,
  },
  {
    says: 'of several silent calls it takes one place: as many calls as were seen',
    facts: [
      summing,
      silentCall(beneath(summing, { at: 10 })),
      silentCall(beneath(summing, { at: 300 })),
    ],
    roles: ['owner', 'duplicate', 'unknown'],
    reason: 'told_in_sum',
    input: 240,
  },
  {
    says: 'a silent call beside it keeps its own place',
    facts: [summing, silentCall({ at: 2000 })],
    roles: ['owner', 'unknown'],
    input: 240,
  },
  {
    says: 'the innermost sum bills, the outer one repeats it',
    facts: [summing, call(beneath(summing, { kind: 'agent', ms: 900 }))],
    roles: ['aggregate', 'owner'],
    input: 120,
  },
  {
    says: 'a cumulative sum never bills',
    facts: [call({ kind: 'agent', marks: ['cumulative'] })],
    roles: ['aggregate'],
    doubt: 'cumulative_aggregate_only',
    input: 0,
  },
  {
    says: 'a sum beside a call that has no place does not bill',
    facts: [summing, call({ at: 10, trace_id: OTHER_TRACE })],
    roles: ['aggregate', 'owner'],
    doubt: 'aggregate_beside_calls',
    input: 120,
  },
  {
    says: 'a sum that carries a call’s response id does not bill',
    facts: [
      call({ kind: 'workflow', response_id: 'r', ms: 50 }),
      call({ at: 9000, response_id: 'r' }),
    ],
    roles: ['aggregate', 'owner'],
    doubt: 'aggregate_repeats_call',
    input: 120,
  },
]);

const interaction = fact({ kind: 'agent', ms: 1000 });
const request = call(beneath(interaction, { at: 10 }));
const named = { trace_id: request.trace_id, span_id: request.span_id };

units('D7 events', [
  {
    says: 'an event that names a call’s span repeats it',
    facts: [call({ ...request }), event({ ...named, at: 110 })],
    roles: ['owner', 'duplicate'],
    input: 120,
  },
  {
    says: 'a second event of the same span is a call of its own: the span was overwritten',
    facts: [call({ ...request }), event({ ...named, at: 60 }), event({ ...named, at: 110 })],
    roles: ['owner', 'owner', 'duplicate'],
    input: 240,
  },
  {
    says: 'an event that names an agent goes to the call beneath it, by time',
    facts: [interaction, request, event({ span_id: interaction.span_id, at: 115 })],
    roles: ['none', 'owner', 'duplicate'],
    input: 120,
  },
  {
    says: 'the event of a span that never came is the call',
    facts: [event({ span_id: 'e'.repeat(16) })],
    roles: ['owner'],
    input: 120,
  },
  {
    says: 'with events alone each is a call',
    facts: [
      event({ trace_id: '', conversation_id: 'c' }),
      event({ trace_id: '', conversation_id: 'c', at: 500 }),
    ],
    roles: ['owner', 'owner'],
    input: 240,
  },
  {
    says: 'two event names within a moment tell of one call',
    facts: [
      event({ trace_id: '', conversation_id: 'c' }),
      event({ trace_id: '', conversation_id: 'c', at: 5, name: 'other' }),
    ],
    roles: ['owner', 'duplicate'],
    input: 120,
  },
  {
    says: 'a start event of running work is nothing yet',
    facts: [
      event({
        kind: 'step',
        marks: [],
        input_tokens: null,
        output_tokens: null,
        cache_read_tokens: null,
      }),
    ],
    roles: [''],
  },
]);

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
    says: 'whose call begins much later is a call of its own',
    facts: [
      agent,
      silentCall(beneath(agent, { ms: 5, marks: [] })),
      call(beneath(agent, { at: 300, ms: 80, scope_name: 'scope-b' })),
    ],
    roles: ['none', 'unknown', 'owner'],
  },
]);

const execute = fact({ kind: 'tool', tool_name: 'get_weather', tool_call_id: 'call_1', ms: 50 });

units('4.21 tools', [
  {
    says: 'a tool span, its MCP client and its MCP server are one tool call',
    facts: [
      execute,
      fact(
        beneath(execute, {
          kind: 'tool',
          tool_name: 'get_weather',
          span_id: '7'.repeat(16),
          ms: 40,
        }),
      ),
      fact({
        kind: 'tool',
        tool_name: 'get_weather',
        parent_span_id: '7'.repeat(16),
        span_kind: 'server',
        ms: 30,
      }),
    ],
    roles: ['none', 'duplicate', 'duplicate'],
  },
  {
    says: 'another tool beneath a tool is another call',
    facts: [execute, fact(beneath(execute, { kind: 'tool', tool_name: 'other' }))],
    roles: ['none', 'none'],
  },
  {
    says: 'the event of a tool call repeats its span',
    facts: [
      execute,
      event({
        kind: 'tool',
        tool_call_id: 'call_1',
        input_tokens: null,
        output_tokens: null,
        cache_read_tokens: null,
      }),
    ],
    roles: ['none', 'duplicate'],
  },
]);

describe('what a row says beside its role', () => {
  it('the nearest agent above owns the call, and its run holds the sums', () => {
    const top = fact({ kind: 'agent', agent_name: 'planner', ms: 1000 });
    const delegate = fact({ ...beneath(top), kind: 'tool', tool_name: 'write' });
    const writer = fact({ ...beneath(delegate), kind: 'agent', agent_name: 'writer', at: 10 });
    const own = call(beneath(writer, { at: 20 }));
    const first = call(beneath(top, { at: 1, ms: 5 }));
    const { rows, executions } = settle([own, writer, top, delegate, first], BOOK);
    expect(rowOf(rows, own)).toMatchObject({ agent_name: 'writer', agent_span_id: writer.span_id });
    expect(rowOf(rows, first)).toMatchObject({ agent_name: 'planner' });
    const [a, b] = [...executions].sort((x, y) => x.depth - y.depth);
    expect(a).toMatchObject({
      agent_name: 'planner',
      calls: 1,
      tool_calls: 1,
      depth: 0,
      sequence: 0,
    });
    expect(b).toMatchObject({ agent_name: 'writer', calls: 1, tool_calls: 0, depth: 1 });
    expect(b?.parent_execution_id).toBe(a?.execution_id);
  });

  it('an owner in another trace takes agent, conversation and cost from its duplicate', () => {
    const top = fact({ kind: 'agent', agent_name: 'planner', ms: 1000, conversation_id: 'c1' });
    const seen = call(beneath(top, { response_id: 'r', reported_cost_usd: 5n }));
    const own = call({
      trace_id: OTHER_TRACE,
      scope_name: 'scope-b',
      response_id: 'r',
      at: 5,
      ms: 90,
      cache_write_tokens: 0,
    });
    const { rows } = settle([top, seen, own], BOOK);
    expect(rowOf(rows, own)).toMatchObject({
      role: 'owner',
      agent_name: 'planner',
      agent_span_id: top.span_id,
      conversation_id: 'c1',
      reported_cost_usd: 5n,
    });
  });

  it('attempts beneath a call are a number on it', () => {
    const served = call({ ms: 200 });
    const tries = [1, 2].map((at) =>
      silentCall(beneath(served, { at, ms: 1, marks: [], status: 'error', scope_name: 'scope-b' })),
    );
    const { rows } = settle([served, ...tries], BOOK);
    expect(rowOf(rows, served)?.attempts).toBe(3);
    expect(rowOf(rows, tries[0] as Fact)?.owner_span_id).toBe(served.span_id);
  });

  it('cost is tokens by class times the book’s price, and names its row', () => {
    const { rows } = settle([call({ response_model: 'gpt-4o-2024-08-06' })], BOOK);
    // 40 × 2.5 + 80 × 1.25 + 30 × 10 dollars per million
    expect(rows[0]).toMatchObject({
      cost_usd: 500_000_000n,
      cost_reason: '',
      price_id: 'openai/gpt-4o',
    });
  });

  it('an agent whose trace tells of no call carries that doubt', () => {
    const doubtsOf = (facts: readonly Fact[]): readonly string[] | undefined =>
      rowOf(settle(facts, BOOK).rows, agent)?.doubts;
    expect(doubtsOf([agent])).toEqual(['no_call_telemetry']);
    expect(doubtsOf([agent, call(beneath(agent))])).toEqual([]);
  });

  const many = (count: number, one: (i: number) => Fact): Fact[] =>
    Array.from({ length: count }, (_, i) => one(i));
  const orphan = { parent_span_id: 'f'.repeat(16) };
  const scopes = (i: number): string => `scope-${String(i).padStart(3, '0')}`;
  // In each unit the search for the last record ends at a cap.
  const searches: readonly [string, readonly Fact[]][] = [
    [
      'a pair without an id',
      [
        ...many(70, () =>
          call({ marks: ['not_current'], scope_name: 'callback', ms: 200, input_tokens: 7 }),
        ),
        call({ scope_name: 'client', at: 10, ms: 100 }),
      ],
    ],
    ['pairs of many scopes', many(66, (i) => call({ scope_name: scopes(i) }))],
    [
      'one response id',
      [
        ...many(66, (i) => call({ scope_name: scopes(i), response_id: 'r' })),
        call({ scope_name: scopes(0), at: 1, response_id: 'r' }),
      ],
    ],
    [
      'the end of a stream',
      [
        ...many(66, (i) => silentCall({ at: i, ms: 1 })),
        ...many(66, (i) => call({ at: 200 + i, ms: 1, marks: ['stream_end'] })),
      ],
    ],
    [
      'the handle of a stream',
      [
        ...many(70, (i) => call({ at: 10 + i * 0.1, ms: 1 })),
        silentCall({ ms: 10, streaming: true }),
      ],
    ],
    [
      'an orphan beneath',
      [
        ...many(260, (i) => call({ ...orphan, at: 10 + i, ms: 5000 })),
        call({ marks: ['inferred'], ms: 1000 }),
      ],
    ],
    [
      'lone events',
      many(258, (i) => event({ trace_id: '', conversation_id: 'c', at: i, event_id: scopes(i) })),
    ],
  ];
  it.each(searches)('a search that a cap ended leaves a mark on the call: %s', (_, facts) => {
    const { rows } = settle(facts, BOOK);
    expect(rowOf(rows, facts.at(-1) as Fact)?.doubts).toContain('match_cap_reached');
  });

  it.each(searches)('a search within the cap leaves none: %s', (_, facts) => {
    const { rows } = settle(facts.slice(-40), BOOK);
    expect(rows.flatMap((row) => row.doubts)).not.toContain('match_cap_reached');
  });

  it('organisations never meet', () => {
    const one = call({ response_id: 'r' });
    const two = call({ response_id: 'r', scope_name: 'scope-b', org_id: 'other' });
    expect(settle([one, two], BOOK).rows.map((row) => row.role)).toEqual(['owner', 'owner']);
  });
});
