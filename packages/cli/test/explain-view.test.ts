// `spanledger explain` shows what a run told while it went on as one line of the run.

import type { ExplainedSpan, Explanation } from '@spanledger/ledger';
import { expect, it } from 'vitest';
import { renderExplanation } from '../src/explain-view.ts';
import { openTerminal } from '../src/terminal.ts';

const record = (
  name: string,
  signal: string,
  span_id: string,
  children: ExplainedSpan[] = [],
): ExplainedSpan => ({
  ...{ trace_id: 't', span_id, event_id: '', signal, name, service_name: 's', dialect: 'd' },
  ...{ kind: signal === 'span' ? 'agent' : '', status: 'ok', start_time: '1', duration_ms: 1 },
  ...{ role: '', counted: false, rule: '', doubts: [], owner_span_id: null, agent: null },
  ...{ tool: null, model: null, response_id: null, usage_reason: null, said: {}, tokens: {} },
  ...{ hint: null, cost_usd: null, cost_reason: null, price_id: null, cost_parts: [], children },
});
const event = (name: string, span_id: string) =>
  record(`spanledger.execution.${name}`, 'log', span_id);
const explanation = (trees: ExplainedSpan[]): Explanation => ({
  trees,
  totals: { calls: 0, input: null, output: null, cost_usd: null, roles: {}, doubts: {} },
  meanings: {},
});

const shown = (trees: ExplainedSpan[]): string[] => {
  const lines: string[] = [];
  const terminal = openTerminal({ write: (text) => lines.push(text) }, { write: () => 0 }, {});
  return renderExplanation(terminal, explanation(trees)).split('\n');
};

it.each([
  [['start', 'end'], 'started, ended'],
  [
    ['start', 'stage', 'stage_end', 'stage', 'stage_end', 'log', 'end'],
    'started, 2 stages, 1 log, ended',
  ],
  [['start', 'stage', 'status', 'status'], 'started, 1 stage, 2 changes of status, ended'],
])('%j are one line of the run', (names, line) => {
  const inner = record('chat', 'span', 'b');
  const events = names.map((name) => event(name, 'a'));
  expect(shown([record('planner', 'span', 'a', [...events, inner])]).slice(0, 3)).toEqual([
    'planner',
    `│  told while it ran: ${line}`,
    '└─ chat',
  ]);
});

it('and one line each of runs whose span has not come', () => {
  const [first, second] = shown([event('start', 'a'), event('start', 'b'), event('stage', 'a')]);
  expect([first, second]).toEqual([
    'run a, whose span has not come: told while it ran: started, 1 stage, no end yet',
    'run b, whose span has not come: told while it ran: started, no end yet',
  ]);
});

it('another log record stays a line', () => {
  expect(shown([record('gen_ai.choice', 'log', 'a')])[0]).toBe('gen_ai.choice');
});
