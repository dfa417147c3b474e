// Records whose parents never came: a run's id says whose they are where the tree cannot.

import { describe, expect, it } from 'vitest';
import { settle, type Fact } from '../../src/index.ts';
import { beneath, call, fact } from '../fact-builder.ts';
import { BOOK, rowOf } from './unit.ts';

const LOST = 'f'.repeat(16);
const run = fact({ kind: 'agent', agent_name: 'coder', execution_id: 'turn-1', ms: 1000 });
const other = fact({ kind: 'agent', agent_name: 'critic', execution_id: 'turn-1', ms: 1000 });

const step = (said: Partial<Fact>): Fact => fact({ kind: 'step', execution_id: 'turn-1', ...said });
const lost = step({ parent_span_id: LOST });
const root = step({});
const unnamed = step({ parent_span_id: LOST, execution_id: '' });
const elsewhere = step({ parent_span_id: LOST, trace_id: 'b'.repeat(32) });
const above = step({ parent_span_id: LOST });
const inner = fact({
  ...beneath(above),
  kind: 'agent',
  agent_name: 'coder',
  execution_id: 'turn-1',
});

const cases: readonly [string, readonly Fact[], Fact, Fact | null][] = [
  ['a step beneath a lost parent names the run', [run], lost, run],
  ['the step is a root: no parent is lost', [run], root, null],
  ['the step names no run', [run], unnamed, null],
  ['the run is another trace’s', [run], elsewhere, null],
  ['two runs of the trace have that id', [run, other], lost, null],
  ['the run lies beneath the step itself', [inner], above, null],
];

describe('calls whose ancestors are missing', () => {
  it.each(cases)('%s', (_, agents, parent, expected) => {
    const own = call({ ...beneath(parent, { at: 20 }) });
    const { rows, executions } = settle([own, parent, ...agents], BOOK);
    expect(rowOf(rows, own)?.agent_name).toBe(expected?.agent_name ?? '');
    expect(rowOf(rows, own)?.agent_span_id).toBe(expected?.span_id ?? '');
    const calls = executions.reduce((sum, { calls }) => sum + calls, 0);
    expect(calls).toBe(expected === null ? 0 : 1);
  });
});
