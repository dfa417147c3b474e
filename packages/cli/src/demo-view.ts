// What the demo shows: the trace, the ledger's totals three ways, coverage, and how fresh it is.

import { figuresOf, treeRowOf } from './answers.ts';
import { renderCoverage } from './coverage.ts';
import type { DemoResult } from './demo-run.ts';
import { duration } from './figures.ts';
import { labelledLine } from './labelled-line.ts';
import type { Terminal } from './terminal.ts';
import { renderTotal } from './token-columns.ts';
import { renderTree } from './trace-tree.ts';
import { renderToolUsage, renderUsage } from './usage-view.ts';

const COMMAND = 'node --import @spanledger/instrumentation/register agent.js';

export function renderDemo(terminal: Terminal, result: DemoResult): string {
  const { trace, usage, total, coverage, freshness_ms } = result;
  const fresh = `${duration(freshness_ms)} from the last span's end to the rollup`;
  return [
    `${terminal.paint('quiet', '$')} ${COMMAND}`,
    renderTree(terminal, trace.map(treeRowOf)),
    renderUsage(terminal, ['agent_name'], usage.agent),
    renderUsage(terminal, ['model'], usage.model),
    renderToolUsage(terminal, usage.tool),
    [
      renderTotal(terminal, { calls: Number(total.calls), ...figuresOf(total) }),
      renderCoverage(terminal, coverage),
      labelledLine(terminal, 'Freshness', [{ text: fresh }]),
      labelledLine(terminal, 'Trace', [{ text: result.trace_id }]),
    ].join('\n'),
  ].join('\n\n');
}
