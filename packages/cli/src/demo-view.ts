// What the demo shows: the trace, the ledger's totals three ways, coverage, and how fresh it is.

import { treeRowOf } from './answers.ts';
import { renderCoverage } from './coverage.ts';
import type { DemoResult } from './demo-run.ts';
import { duration } from './figures.ts';
import type { Terminal } from './terminal.ts';
import { renderTree } from './trace-tree.ts';
import { renderToolUsage, renderUsage } from './usage-view.ts';

export function renderDemo(terminal: Terminal, result: DemoResult): string {
  const { trace, usage, coverage, freshness_ms } = result;
  const fresh = `${terminal.paint('good', duration(freshness_ms))} from the last span's end to the rollup`;
  return [
    renderTree(terminal, trace.map(treeRowOf)),
    renderUsage(terminal, ['agent_name'], usage.agent),
    renderUsage(terminal, ['model'], usage.model),
    renderToolUsage(terminal, usage.tool),
    `${renderCoverage(terminal, coverage)}\n${terminal.paint('heading', 'Freshness')} ${fresh}`,
  ].join('\n\n');
}
