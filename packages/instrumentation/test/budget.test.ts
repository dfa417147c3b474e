// Asking for a budget before work: what the service is asked, what the program gets, and what is told of a
// stop, whatever the service answers or does not.

import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROGRAMS, runChild, startSink, type Ended, type Sink } from './child.ts';
import { listen, type StandIn } from './stand-in.ts';

const STOPPED = { allowed: false, stopped_by: [{ name: 'month', scope: 'agent', until: 'later' }] };

const PRINTED = `allowed: done
its own error: RangeError x []
stopped in a run: BudgetStopped exhausted [month]
stopped outside of all: BudgetStopped exhausted [month]
hangs, open: done
hangs, closed: BudgetStopped unreachable []
refuses, open: done
refuses, closed: BudgetStopped unreachable []
babbles, open: done
babbles, closed: BudgetStopped unreachable []
breaks, open: done
breaks, closed: BudgetStopped unreachable []
no options: done
a part of a millisecond: done
`;

let sink: Sink;
let service: StandIn;
let ended: Ended;
const asked: string[] = [];

beforeAll(async () => {
  sink = await startSink();
  service = await listen((request, response) => {
    asked.push(`${request.headers.authorization} ${request.url}`);
    const [, path] = (request.url ?? '').split('/');
    if (path === 'yes') response.end('{"allowed":true,"stopped_by":[]}');
    else if (path === 'no') response.end(JSON.stringify(STOPPED));
    else if (path === 'refuses') response.writeHead(403).end('{"error":{}}');
    else if (path === 'babbles') response.end('{"allowed":"maybe"}');
    else if (path === 'breaks') response.destroy();
  });
  ended = await runChild(join(PROGRAMS, 'budget.mjs'), [service.url], {
    ...{ preload: 'register', sinkUrl: sink.url },
    environment: { SPANLEDGER_URL: `${service.url}/yes`, SPANLEDGER_KEY: 'its own' },
  });
});
afterAll(() => Promise.all([sink.stop(), service.stop()]));

test('the program goes on or is stopped as it asked, and never waits for long', () => {
  expect({ out: ended.out, code: ended.code }).toEqual({ out: PRINTED, code: 0 });
});

test('one small request says who is about to work', () => {
  const question = 'api/v1/budgets/check';
  expect(asked.slice(0, 4)).toEqual([
    `Bearer a key /yes/${question}`,
    `Bearer a key /yes/${question}`,
    `Bearer a key /no/${question}?agent=writer&model=m&tool=t`,
    `Bearer a key /no/${question}?agent=planner&user=ann`,
  ]);
  expect(asked.slice(12, 13)).toEqual([`Bearer its own /yes/${question}`]);
});

test('a stop is told as an event of the run around it, or on its own', () => {
  const stops = sink.events.filter(({ name }) => name === 'spanledger.execution.budget_stopped');
  const router = sink.spans.find(({ name }) => name === 'invoke_agent router');
  const by = { 'spanledger.budget.name': 'month', 'spanledger.budget.scope': 'agent' };
  const agent = (name: string) => ({ 'spanledger.budget.agent': name, 'gen_ai.agent.name': name });
  const exhausted = { ...by, 'spanledger.budget.reason': 'exhausted' };
  expect(stops[0]).toMatchObject({
    ...{ trace_id: router?.trace_id, span_id: router?.span_id },
    attributes: { ...exhausted, ...agent('writer') },
  });
  expect(router?.events).toContain('spanledger.execution.budget_stopped');
  expect(stops[1]?.attributes).toEqual({
    ...{ ...exhausted, ...agent('planner') },
    ...{ 'gen_ai.conversation.id': 'c1', 'user.id': 'ann' },
  });
  expect(stops.slice(2).map(({ attributes }) => attributes)).toEqual(
    Array.from({ length: 4 }, () => ({ 'spanledger.budget.reason': 'unreachable' })),
  );
});

test('without a provider it is the same to the program', async () => {
  const bare = await runChild(join(PROGRAMS, 'budget.mjs'), [service.url], {});
  expect(bare.out).toBe(PRINTED);
});
