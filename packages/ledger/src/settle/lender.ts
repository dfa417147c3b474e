// D3: of the records of one call, whose figures count and which row counts them. Figures are taken
// whole from one record; only classes that it leaves out come from one with the same totals.

import type { Doubt } from '../doubts.ts';
import { INPUT_CLASSES, OUTPUT_CLASSES, type TokenClass } from '../ledger-row.ts';
import { figuresAgree } from '../usage/agreement.ts';
import type { Usage } from '../usage.ts';
import { isMeasured } from './calls.ts';
import type { Node } from './forest.ts';

/** An emitter's estimate taints its own log event of the same call. */
export function untainted(candidates: readonly Node[]): readonly Node[] {
  const estimates = candidates.filter(
    ({ fact }) => fact.signal === 'span' && fact.marks.includes('estimate'),
  );
  if (estimates.length === 0) return candidates;
  const tainted = new Set(estimates.map(({ fact }) => fact.scope_name));
  return candidates.filter(({ fact }) => fact.signal === 'span' || !tainted.has(fact.scope_name));
}

/** Whose figures count. The first difference decides; the last ones only make it certain. */
export function bestLender(candidates: readonly Node[]): Node {
  return candidates.reduce((best, node) => (lends(node, best) > 0 ? node : best));
}

function lends(a: Node, b: Node): number {
  return (
    Number(isMeasured(a)) - Number(isMeasured(b)) ||
    knownSides(a) - knownSides(b) ||
    Number(isWhole(a)) - Number(isWhole(b)) ||
    Number(a.fact.signal === 'span') - Number(b.fact.signal === 'span') ||
    knownClasses(a) - knownClasses(b) ||
    Number(isCertain(a)) - Number(isCertain(b)) ||
    a.depth - b.depth ||
    b.end - b.start - (a.end - a.start) ||
    b.index - a.index
  );
}

/** The row that counts: a span before a log, the client before its server, then as D3. */
export function bestOwner(candidates: readonly Node[]): Node {
  const spans = candidates.filter((node) => node.fact.signal === 'span');
  const clients = spans.filter((node) => node.fact.span_kind !== 'server');
  return bestLender(clients.length > 0 ? clients : spans.length > 0 ? spans : candidates);
}

function knownSides(node: Node): number {
  const { input_total, output_total } = node.usage;
  return Number(input_total !== null) + Number(output_total !== null);
}

/** Whether the output is known with its reasoning. */
function isWhole({ fact }: Node): boolean {
  return !fact.marks.includes('leaves_reasoning_out');
}

function knownClasses(node: Node): number {
  return Object.values(node.usage.tokens).filter((count) => count !== null).length;
}

/** Doubts of reading that say a figure may be wrong. */
const OF_FIGURES: readonly Doubt[] = [
  'input_may_exclude_cache',
  'may_be_estimate',
  'may_hold_several_bills',
  'negative_tokens',
  'not_a_number',
  'overwritten_span',
  'truncated_usage',
];

function isCertain({ usage, fact }: Node): boolean {
  const sure = usage.doubts.every((doubt) => doubt === 'class_not_reported');
  return sure && !fact.doubts.some((doubt) => OF_FIGURES.includes(doubt));
}

/** Another record with equal totals may know classes that the lender leaves out. */
export function filled(lender: Node, candidates: readonly Node[]): Usage {
  if (candidates.length === 1) return lender.usage;
  const input = knowing(lender, candidates, INPUT_CLASSES);
  const output = knowing(lender, candidates, OUTPUT_CLASSES);
  if (input === lender && output === lender) return lender.usage;
  const tokens = { ...lender.usage.tokens };
  for (const name of INPUT_CLASSES) tokens[name] = input.usage.tokens[name];
  for (const name of OUTPUT_CLASSES) tokens[name] = output.usage.tokens[name];
  const taken = [input, output].filter((node) => node !== lender);
  const words = [...new Set(taken.map((node) => `classes from ${placeOf(node)}`))];
  const doubts = new Set([...lender.usage.doubts, ...taken.flatMap((node) => node.usage.doubts)]);
  for (const doubt of OF_CLASSES) {
    if (input !== lender && !input.usage.doubts.includes(doubt)) doubts.delete(doubt);
  }
  return {
    ...lender.usage,
    tokens,
    doubts: [...doubts],
    arithmetic: [lender.usage.arithmetic, ...words].join('; '),
  };
}

/** Doubts that another record’s classes of the input may settle. */
const OF_CLASSES: readonly Doubt[] = ['class_not_reported', 'cache_write_lifetime_unknown'];

function knowing(lender: Node, candidates: readonly Node[], classes: readonly TokenClass[]): Node {
  const known = (node: Node): number =>
    classes.filter((name) => node.usage.tokens[name] !== null).length;
  let best = lender;
  for (const node of candidates) {
    const equal =
      isMeasured(node) &&
      node.usage.input_total === lender.usage.input_total &&
      node.usage.output_total === lender.usage.output_total;
    if (equal && known(node) > known(best)) best = node;
  }
  return best;
}

/** A record of the same call that tells other figures under every reading. */
export function dissenter(lender: Node, candidates: readonly Node[]): Node | undefined {
  return candidates.find(
    (node) => node !== lender && isMeasured(node) && !figuresAgree(node.fact, lender.fact),
  );
}

export function placeOf({ fact }: Node): string {
  return fact.span_id || fact.event_id;
}
