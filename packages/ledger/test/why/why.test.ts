// Goal: the verdict follows from the rows, in any order; more evidence makes no verdict less sure; and
// that nobody called an agent is never said where a call might have gone unseen. Method: conversations as
// tables of cases, and laws over generated ones.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SURENESS, why, type Habit, type Unseen, type WhyRow } from '../../src/index.ts';

const NOW = { now_ns: 1_000_000n, abandoned_ns: 10_000n };
const T1 = 'a'.repeat(32);

const row = (agent_name: string, more: Partial<WhyRow> = {}): WhyRow => ({
  ...{ what: 'event', event: 'start', time_ns: 990_100n, trace_id: T1, span_id: agent_name },
  ...{ execution_id: '', agent_name, service_name: 'desk', status: '', error_type: '', stage: '' },
  attributes: {},
  ...more,
});
const event = (agent: string, name: string, more: Partial<WhyRow> = {}): WhyRow =>
  row(agent, { event: name, ...more });
const run = (agent: string, status = 'unset', more: Partial<WhyRow> = {}): WhyRow =>
  row(agent, { what: 'run', event: '', status, ...more });
const trace = (attributes: Record<string, string> = {}): WhyRow =>
  row('', {
    ...{ what: 'trace', event: '', span_id: '' },
    attributes: { spans: '4', roots: '1', orphans: '0', sampled: '0', ...attributes },
  });
const route = (chosen: string, candidates: readonly string[] = [], more: Partial<WhyRow> = {}) =>
  event('router', 'route', {
    attributes: {
      'spanledger.route.chosen': chosen,
      'spanledger.route.candidates': JSON.stringify(candidates),
      'spanledger.route.reason': 'asks for it',
    },
    ...more,
  });
const habit = (more: Partial<Habit> = {}): Habit => ({
  ...{ how: 'ran', service_name: 'desk', entry_agent: 'router', parent_agent: 'router' },
  ...{ times: 5, last_ns: 1n },
  ...more,
});

const COMPLETE = [trace(), run('router')];
const stop = event('router', 'budget_stopped', {
  attributes: { 'spanledger.budget.agent': 'travel', 'spanledger.budget.name': 'daily' },
});

describe('the verdict on "travel"', () => {
  test.each<[string, readonly WhyRow[], readonly Habit[], string]>([
    ['its run ended', [run('travel'), ...COMPLETE], [], 'fired_successfully certain'],
    [
      'events alone',
      [event('travel', 'end', { status: 'success' })],
      [],
      'fired_successfully certain',
    ],
    ['its run failed', [run('travel', 'error')], [], 'failed certain'],
    ['a timeout', [event('travel', 'end', { status: 'timeout' })], [], 'failed certain'],
    ['it began', [event('travel', 'start', { time_ns: 995_000n })], [], 'still_running certain'],
    ['it began long ago', [event('travel', 'start', { time_ns: 1n })], [], 'failed likely'],
    [
      'it ended with its process',
      [event('travel', 'end', { attributes: { 'spanledger.unfinished': 'true' } })],
      [],
      'failed certain',
    ],
    ['it skipped', [event('travel', 'skip'), run('travel')], [], 'skipped certain'],
    [
      'a retry was well',
      [run('travel', 'error'), run('travel', 'ok', { span_id: '2', time_ns: 1n })],
      [],
      'fired_successfully certain',
    ],
    [
      'the last counts',
      [run('travel', 'error'), event('travel', 'skip', { span_id: '2', time_ns: 999_000n })],
      [],
      'skipped certain',
    ],
    [
      'a budget error',
      [run('travel', 'error', { error_type: 'BudgetExceededError' })],
      [],
      'budget_stopped certain',
    ],
    ['a budget before it', [...COMPLETE, stop], [], 'budget_stopped certain'],
    [
      'another was chosen',
      [...COMPLETE, route('billing', ['billing', 'travel'])],
      [],
      'routed_elsewhere certain',
    ],
    [
      'its router chose another',
      [...COMPLETE, route('billing')],
      [habit()],
      'routed_elsewhere likely',
    ],
    [
      'a router that never calls it',
      [...COMPLETE, route('billing')],
      [habit({ parent_agent: 'chef' })],
      'never_invoked likely',
    ],
    ['its caller failed', [trace(), run('router', 'error')], [habit()], 'upstream_failed likely'],
    [
      'chosen, then the router failed',
      [trace(), run('router', 'error'), route('travel')],
      [],
      'upstream_failed likely',
    ],
    ['a stranger failed', [...COMPLETE, run('gossip', 'error')], [habit()], 'never_invoked likely'],
    [
      'its conversation goes on',
      [trace(), event('router', 'start', { time_ns: 999_000n })],
      [habit()],
      'still_running likely',
    ],
    ['nobody called it', COMPLETE, [habit()], 'never_invoked likely'],
    ['rarely seen', COMPLETE, [habit({ times: 1 })], 'never_invoked possible'],
    [
      'in other conversations',
      COMPLETE,
      [habit({ entry_agent: 'chef' })],
      'never_invoked possible',
    ],
    ['nothing is known', [], [habit()], 'never_observed certain'],
  ])('%s', (_, rows, habits, expected) => {
    const { verdict, sure } = why('travel', rows, habits, NOW);
    expect(`${verdict} ${sure}`).toBe(expected);
  });
});

test.each<[readonly WhyRow[], readonly Habit[], readonly Unseen[]]>([
  [[], [], ['no_data']],
  [[trace({ roots: '0' }), run('router')], [habit()], ['traces_incomplete']],
  [[trace({ orphans: '2' }), run('router')], [habit()], ['traces_incomplete']],
  [[run('router')], [habit()], ['traces_incomplete']],
  [[trace({ sampled: '1' }), run('router')], [habit()], ['sampled']],
  [COMPLETE, [], ['agent_unknown']],
  [COMPLETE, [habit({ how: 'declared' })], ['agent_unknown']],
  [COMPLETE, [habit({ service_name: 'other' })], ['agent_of_other_services']],
  [[...COMPLETE, route('travel', ['travel', 'billing'])], [habit()], ['chosen']],
])('it was not seen, which does not say that nobody called it: %#', (rows, habits, unseen) => {
  expect(why('travel', rows, habits, NOW)).toMatchObject({ verdict: 'never_observed', unseen });
});

test('evidence names span, time and what was said', () => {
  const rows = [...COMPLETE, route('billing', ['travel'], { execution_id: 'e-1' })];
  expect(why('travel', rows, [], NOW).evidence).toEqual([
    {
      ...{ what: 'route', time_ns: 990_100n, trace_id: T1, span_id: 'router' },
      ...{ execution_id: 'e-1', agent_name: 'router', detail: 'chose billing: asks for it' },
    },
  ]);
});

test('a failed run names the stage in which it broke', () => {
  const rows = [
    ...[
      event('travel', 'stage', { stage: 'init' }),
      event('travel', 'stage_end', { stage: 'init' }),
    ],
    ...[event('travel', 'stage', { stage: 'llm_call' }), run('travel', 'error')],
  ];
  expect(why('travel', rows, [], NOW).evidence[0]?.detail).toBe('error, in stage llm_call');
});

const agents = fc.constantFrom('travel', 'router', 'gossip');
const anyRow: fc.Arbitrary<WhyRow> = fc
  .record({
    agent: agents,
    kind: fc.constantFrom(
      'run',
      'start',
      'end',
      'skip',
      'route',
      'stage',
      'budget_stopped',
      'trace',
    ),
    status: fc.constantFrom('unset', 'error', 'success', 'skipped', 'timeout', ''),
    time_ns: fc.bigInt({ min: 980_000n, max: 999_999n }),
    span_id: fc.constantFrom('1', '2', '3'),
    chosen: agents,
    orphans: fc.constantFrom('0', '0', '0', '1'),
  })
  .map(({ agent, kind, status, time_ns, span_id, chosen, orphans }) => {
    if (kind === 'trace') return trace({ orphans });
    const more = { status, time_ns, span_id: agent + span_id };
    if (kind === 'route') return route(chosen, ['travel', 'gossip'], more);
    return kind === 'run' ? run(agent, status, more) : event(agent, kind, more);
  });
const anyRows = fc.array(anyRow, { maxLength: 9 });
const anyHabits = fc.array(
  fc
    .record({ entry_agent: agents, parent_agent: agents, times: fc.integer({ min: 1, max: 4 }) })
    .map((more) => habit(more)),
  { maxLength: 3 },
);

test('the order of rows and habits does not matter', () => {
  const worlds = fc
    .tuple(anyRows, anyHabits)
    .chain(([rows, habits]) =>
      fc.tuple(
        fc.constant([rows, habits] as const),
        fc.shuffledSubarray(rows, { minLength: rows.length }),
        fc.shuffledSubarray(habits, { minLength: habits.length }),
      ),
    );
  fc.assert(
    fc.property(worlds, ([[rows, habits], mixedRows, mixedHabits]) => {
      expect(why('travel', mixedRows, mixedHabits, NOW)).toEqual(why('travel', rows, habits, NOW));
    }),
    { numRuns: 500 },
  );
});

test('more evidence makes no verdict less sure of itself', () => {
  fc.assert(
    fc.property(
      anyRows,
      anyRow,
      anyHabits,

      (rows, more, habits) => {
        const before = why('travel', rows, habits, NOW);
        for (const after of [
          why('travel', [...rows, more], habits, NOW),
          why('travel', rows, [...habits, habit({ entry_agent: 'gossip' })], NOW),
        ]) {
          if (after.verdict !== before.verdict) continue;
          expect(SURENESS.indexOf(after.sure)).toBeGreaterThanOrEqual(
            SURENESS.indexOf(before.sure),
          );
        }
      },
    ),
    { numRuns: 500 },
  );
});

test('never_invoked is not said where a call might have gone unseen, nor where one was seen', () => {
  fc.assert(
    fc.property(anyRows, anyHabits, (rows, habits) => {
      const { verdict } = why('travel', rows, habits, NOW);
      if (verdict !== 'never_invoked') return;
      expect(rows.filter(({ what }) => what === 'trace').length).toBeGreaterThan(0);
      expect(habits.length).toBeGreaterThan(0);
      for (const { what, attributes, agent_name, event: name } of rows) {
        if (what === 'trace') expect(attributes['orphans']).toBe('0');
        if (name !== 'budget_stopped') expect(agent_name).not.toBe('travel');
      }
    }),
    { numRuns: 500 },
  );
});
