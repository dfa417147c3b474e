// What a row says beside its role: the agent above, names, cost, attempts.

import { describe, expect, it } from 'vitest';
import { settle, type Fact } from '../../src/index.ts';
import { RULES } from '../../src/settle/rules.ts';
import { beneath, call, fact, OTHER_TRACE, silentCall } from '../fact-builder.ts';
import { BOOK, rowOf } from './unit.ts';

const agent = fact({ kind: 'agent', agent_name: 'planner', ms: 1000 });

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

  const costs: readonly [string, bigint | null, boolean][] = [
    ['the same', 500_000_000n, false],
    ['rounded by the emitter', 500_400_000n, false],
    ['another list’s', 650_000_000n, true],
    ['none', null, false],
  ];
  it.each(costs)('a reported cost that is %s', (_, reported_cost_usd, doubted) => {
    const { rows } = settle([call({ reported_cost_usd })], BOOK);
    expect(rows[0]?.cost_usd).toBe(500_000_000n);
    expect(rows[0]?.reported_cost_usd).toBe(reported_cost_usd);
    expect(rows[0]?.doubts.includes('cost_contradicts')).toBe(doubted);
  });

  it('every row names its rule first', () => {
    const facts = [agent, call(beneath(agent)), silentCall({ status: 'error', marks: [] })];
    for (const { rule } of settle(facts, BOOK).rows) {
      expect(Object.keys(RULES).some((name) => rule.startsWith(`${name} `))).toBe(true);
    }
  });

  it('an agent whose trace tells of no call carries that doubt', () => {
    const doubtsOf = (facts: readonly Fact[]): readonly string[] | undefined =>
      rowOf(settle(facts, BOOK).rows, agent)?.doubts;
    expect(doubtsOf([agent])).toEqual(['no_call_telemetry']);
    expect(doubtsOf([agent, call(beneath(agent))])).toEqual([]);
  });

  it('organisations never meet, also where they share every id', () => {
    const span_id = '5'.repeat(16);
    const planner = fact({ kind: 'agent', agent_name: 'planner', span_id: '4'.repeat(16) });
    const own = call(beneath(planner, { span_id, response_id: 'r' }));
    const foreign = call({ span_id, response_id: 'r', org_id: 'other', input_tokens: 7 });
    const layer = call({ response_id: 'r', scope_name: 'scope-b', org_id: 'other' });
    const { rows, executions } = settle([own, foreign, layer, planner], BOOK);
    const alone = [settle([planner, own], BOOK), settle([foreign, layer], BOOK)];
    expect(rows).toEqual(alone.flatMap((one) => one.rows));
    expect(executions).toEqual(alone.flatMap((one) => one.executions));
  });
});
