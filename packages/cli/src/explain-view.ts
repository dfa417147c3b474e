// Why a trace came out as it did: the tree, and under each record the rule that decided, the
// arithmetic, the price and the doubts.

import type { ExplainedSpan, Explanation } from '@spanledger/ledger';
import { reasonsOf as unknownOf } from './answers.ts';
import { count, money, plural } from './figures.ts';
import { renderMeanings } from './glossary.ts';
import { labelledLine, type Part } from './labelled-line.ts';
import { runEventsLine, siftRunEvents } from './run-events-line.ts';
import { printable } from './table.ts';
import type { Style, Terminal } from './terminal.ts';
import { wrap } from './wrap.ts';

export function renderExplanation(terminal: Terminal, explanation: Explanation): string {
  const { spans, runs } = siftRunEvents(explanation.trees);
  const lines = [
    ...spans.flatMap((tree) => branch(terminal, tree, '', '')),
    ...[...runs].map(([span_id, events]) =>
      terminal.paint(
        'quiet',
        `run ${span_id}, whose span has not come: ${runEventsLine(events, false)}`,
      ),
    ),
  ];
  const glossary = renderMeanings(terminal, explanation.meanings);
  return [lines.join('\n'), '', renderSums(terminal, explanation), glossary]
    .slice(0, glossary === '' ? 3 : 4)
    .join('\n');
}

function branch(terminal: Terminal, span: ExplainedSpan, stem: string, tee: string): string[] {
  const { paint } = terminal;
  const below = stem + (tee === '' ? '' : tee.startsWith('├') ? '│  ' : '   ');
  const { spans, runs } = siftRunEvents(span.children);
  const bar = spans.length > 0 ? '│  ' : '   ';
  const head = [
    paint('quiet', stem + tee) + paint(styleOf(span), printable(titleOf(span))),
    span.role === 'none' || span.role === '' ? '' : paint(roleStyle(span), span.role),
    span.counted ? paint('money', money(span.cost_usd)) : '',
  ];
  const told = [...runs.values()].map((events): [Style, string] => [
    'quiet',
    runEventsLine(events, true),
  ]);
  const reasons = [...told, ...reasonsOf(span)].flatMap(([style, text]) =>
    wrap(printable(text), terminal.width - below.length - bar.length).map(
      (line) => paint('quiet', below + bar) + paint(style, line),
    ),
  );
  const last = spans.length - 1;
  const children = spans
    .toSorted(byStart)
    .flatMap((child, at) => branch(terminal, child, below, at === last ? '└─ ' : '├─ '));
  return [head.filter(Boolean).join('  '), ...reasons, ...children];
}

/** Clocks may tick in milliseconds: of what started in the same one, the first to end came first. */
function byStart(a: ExplainedSpan, b: ExplainedSpan): number {
  const earlier = BigInt(a.start_time) - BigInt(b.start_time);
  return earlier === 0n ? a.duration_ms - b.duration_ms : Number(earlier);
}

function titleOf({ kind, name, agent, tool, model }: ExplainedSpan): string {
  const subject = kind === 'agent' ? agent : kind === 'tool' ? tool : model;
  if (!subject || name.includes(subject)) return name;
  return kind === 'agent' || kind === 'tool' ? `${name} ${subject}` : `${name} → ${subject}`;
}

function styleOf({ kind, counted }: ExplainedSpan): Style {
  if (kind === 'agent' || kind === 'tool') return kind;
  return counted ? 'model' : 'quiet';
}

function roleStyle({ role, counted }: ExplainedSpan): Style {
  if (!counted) return 'quiet';
  return role === 'owner' ? 'good' : 'doubt';
}

function reasonsOf(span: ExplainedSpan): [Style, string][] {
  const reasons: [Style, string][] = [];
  if (span.role !== 'none' && span.rule) reasons.push(['quiet', span.rule]);
  if (span.price_id) reasons.push(['quiet', `price ${span.price_id}`]);
  for (const part of span.cost_parts) {
    const { tokens, usd_per_token, cost_usd } = part;
    const product = `${count(tokens)} × $${usd_per_token} = $${cost_usd}`;
    reasons.push(['quiet', `${part.class} ${product}`]);
  }
  if (span.cost_usd !== null) reasons.push(['quiet', `cost $${span.cost_usd}`]);
  const said = saidBy(span);
  if (said !== '') reasons.push(['quiet', `wrote ${said}`]);
  if (span.owner_span_id && !span.counted) {
    reasons.push(['quiet', `counted at span ${span.owner_span_id}`]);
  }
  if (span.hint && said === '') {
    const { input, output } = span.hint;
    reasons.push(['quiet', `says ${count(input)} in, ${count(output)} out; not added`]);
  }
  for (const reason of unknownOf(span)) reasons.push(['doubt', reason]);
  if (span.doubts.length > 0) reasons.push(['doubt', `doubts: ${span.doubts.join(', ')}`]);
  return reasons;
}

/** The figures as they came, where they were not simply taken. */
function saidBy({ said, counted, doubts }: ExplainedSpan): string {
  if (counted && doubts.length === 0) return '';
  const { reported_cost_usd, ...tokens } = said;
  const figures = Object.entries(tokens).map(([name, tokens]) => `${name} ${count(tokens)}`);
  if (reported_cost_usd !== undefined) figures.push(`cost $${reported_cost_usd}`);
  return figures.join(', ');
}

function renderSums(terminal: Terminal, { totals }: Explanation): string {
  const roles = Object.entries(totals.roles)
    .filter(([role]) => role !== 'none')
    .map(([role, number]) => ({ text: `${count(number)} ${role}` }));
  const doubts = Object.entries(totals.doubts).map(([doubt, number]): Part => ({
    text: `${count(number)} × ${doubt}`,
    style: 'doubt',
  }));
  const lines = [
    labelledLine(terminal, 'Total', [
      { text: plural(totals.calls, 'call') },
      { text: `${count(totals.input)} in` },
      { text: `${count(totals.output)} out` },
      { text: money(totals.cost_usd), style: 'money' },
    ]),
    labelledLine(terminal, 'Roles', roles),
  ];
  if (doubts.length > 0) lines.push(labelledLine(terminal, 'Doubts', doubts));
  return lines.join('\n');
}
