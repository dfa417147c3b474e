// Why a unit came out as it did: its spans and events as a tree, each with its role, the rule that
// decided and the sums. Plain data; printing is somebody else's.

import { costParts } from './cost.ts';
import type { DoubtMeaning } from './doubts.ts';
import type { Fact } from './fact.ts';
import {
  INPUT_CLASSES,
  OUTPUT_CLASSES,
  TOKEN_CLASSES,
  type LedgerRow,
  type TokenClass,
} from './ledger-row.ts';
import { meaningsOf } from './meanings.ts';
import type { Price, PriceBook } from './price-book.ts';
import { distinct } from './settle/distinct.ts';
import { compareIds } from './settle/forest.ts';
import { settle } from './settle/settle.ts';
import { usd } from './usd.ts';

export interface ExplainedSpan {
  trace_id: string;
  span_id: string;
  event_id: string;
  signal: string;
  name: string;
  service_name: string;
  dialect: string;
  kind: string;
  status: string;
  start_time: string;
  duration_ms: number;
  /** '' for records that get no ledger row. */
  role: string;
  counted: boolean;
  rule: string;
  doubts: readonly string[];
  /** The span that counts the call this record belongs to. */
  owner_span_id: string | null;
  agent: string | null;
  tool: string | null;
  model: string | null;
  response_id: string | null;
  usage_reason: string | null;
  /** The figures as the emitter wrote them, by name. */
  said: Partial<Record<SaidFigure, number>> & { reported_cost_usd?: string };
  tokens: Partial<Record<TokenClass, number>>;
  hint: { input: number | null; output: number | null } | null;
  cost_usd: string | null;
  cost_reason: string | null;
  price_id: string | null;
  /** The price of each class of tokens and of the call, and what it came to; empty where there is no cost. */
  cost_parts: {
    class: TokenClass | 'request' | 'search';
    tokens: number;
    usd_per_token: string;
    cost_usd: string;
  }[];
  children: ExplainedSpan[];
}

export interface Explanation {
  trees: ExplainedSpan[];
  totals: {
    calls: number;
    /** Sums of what is known; null when nothing is. */
    input: number | null;
    output: number | null;
    cost_usd: string | null;
    /** How many records have each role. */
    roles: Record<string, number>;
    doubts: Record<string, number>;
  };
  /** What each doubt and each reason in the trees means, and what can be done about it. */
  meanings: Record<string, DoubtMeaning>;
}

const SAID_FIGURES = [
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'cache_write_5m_tokens',
  'cache_write_1h_tokens',
  'reasoning_tokens',
  'audio_input_tokens',
  'audio_output_tokens',
  'image_input_tokens',
  'image_output_tokens',
] as const satisfies readonly (keyof Fact)[];
type SaidFigure = (typeof SAID_FIGURES)[number];

/** Deeper spans are shown beside their parents: nested data must stay printable. */
const DEPTH_MAX = 200;

/** With a trace named, the sums are of its rows alone: others are there only because they share calls. */
export function explain(facts: readonly Fact[], book: PriceBook, trace_id?: string): Explanation {
  const used = new Map<string, Price>();
  const settlement = settle(facts, remembering(book, used));
  const rows = new Map(settlement.rows.map((row) => [keyOf(row), row]));
  const spans = new Map<string, ExplainedSpan>();
  const bySpan = new Map<string, ExplainedSpan>();
  const ordered = [...distinct(facts)].sort(compareStart);
  for (const fact of ordered) {
    const shown = explained(fact, rows.get(keyOf(fact)), used);
    spans.set(keyOf(fact), shown);
    if (fact.signal === 'span') bySpan.set(`${fact.trace_id}:${fact.span_id}`, shown);
  }
  const own = settlement.rows.filter((row) => trace_id === undefined || row.trace_id === trace_id);
  return {
    trees: nested(ordered, spans, bySpan),
    totals: totalsOf(own),
    meanings: meaningsOf(codesOf(spans.values())),
  };
}

/** Reasons with what they are of before them: some words are both. */
function codesOf(spans: Iterable<ExplainedSpan>): readonly string[] {
  const codes = new Set<string>();
  for (const { usage_reason, cost_reason, doubts } of spans) {
    if (usage_reason !== null) codes.add(`usage:${usage_reason}`);
    if (cost_reason !== null) codes.add(`cost:${cost_reason}`);
    for (const doubt of doubts) codes.add(doubt);
  }
  return [...codes].sort();
}

function keyOf(ids: { trace_id: string; span_id: string; event_id: string }): string {
  return `${ids.trace_id}:${ids.span_id}:${ids.event_id}`;
}

function compareStart(a: Fact, b: Fact): number {
  if (a.start_time !== b.start_time) return a.start_time < b.start_time ? -1 : 1;
  return compareIds(a, b);
}

/** Hangs every record under its parent, without recursion and whatever loops the parents form. */
function nested(
  facts: readonly Fact[],
  spans: ReadonlyMap<string, ExplainedSpan>,
  bySpan: ReadonlyMap<string, ExplainedSpan>,
): ExplainedSpan[] {
  const trees: ExplainedSpan[] = [];
  const depths = new Map<ExplainedSpan, number>();
  const parents = new Map<ExplainedSpan, ExplainedSpan>();
  for (const fact of facts) {
    const shown = spans.get(keyOf(fact)) as ExplainedSpan;
    const above = fact.signal === 'span' ? fact.parent_span_id : fact.span_id;
    const parent = bySpan.get(`${fact.trace_id}:${above}`);
    if (parent !== undefined && parent !== shown) parents.set(shown, parent);
  }
  for (const shown of spans.values()) {
    const parent = parents.get(shown);
    const depth = depthOf(shown, parents, depths);
    if (parent === undefined || depth === 0) trees.push(shown);
    else parent.children.push(shown);
  }
  return trees;
}

/** 0 for roots, for one member of a loop, and for every DEPTH_MAX-th span on the way down. */
function depthOf(
  shown: ExplainedSpan,
  parents: ReadonlyMap<ExplainedSpan, ExplainedSpan>,
  depths: Map<ExplainedSpan, number>,
): number {
  const path: ExplainedSpan[] = [];
  const onPath = new Set<ExplainedSpan>();
  let at: ExplainedSpan | undefined = shown;
  while (at !== undefined && !depths.has(at) && !onPath.has(at)) {
    path.push(at);
    onPath.add(at);
    at = parents.get(at);
  }
  let depth = at === undefined ? -1 : (depths.get(at) ?? -1);
  for (const member of path.reverse()) {
    depth = (depth + 1) % DEPTH_MAX;
    depths.set(member, depth);
  }
  return depths.get(shown) ?? 0;
}

function explained(
  fact: Fact,
  row: LedgerRow | undefined,
  used: ReadonlyMap<string, Price>,
): ExplainedSpan {
  return {
    trace_id: fact.trace_id,
    span_id: fact.span_id,
    event_id: fact.event_id,
    signal: fact.signal,
    name: fact.name,
    service_name: fact.service_name,
    dialect: fact.dialect,
    kind: fact.kind,
    status: fact.status,
    start_time: String(fact.start_time),
    duration_ms: Number(fact.duration_ns) / 1e6,
    role: row?.role ?? '',
    counted: row?.counted ?? false,
    rule: row?.rule ?? '',
    doubts: row?.doubts ?? fact.doubts,
    owner_span_id: row?.owner_span_id || null,
    agent: (row?.agent_name ?? fact.agent_name) || null,
    tool: fact.tool_name || null,
    model: fact.response_model || fact.request_model || null,
    response_id: fact.response_id || null,
    usage_reason: row?.usage_reason || null,
    said: saidBy(fact),
    tokens: row === undefined ? {} : knownTokens(row),
    hint: hintOf(row),
    cost_usd: usd(row?.cost_usd ?? null),
    cost_reason: row?.cost_reason || null,
    price_id: row?.price_id || null,
    cost_parts: row === undefined ? [] : costPartsOf(row, used.get(row.price_id)),
    children: [],
  };
}

function saidBy(fact: Fact): ExplainedSpan['said'] {
  const said: ExplainedSpan['said'] = {};
  for (const name of SAID_FIGURES) {
    const count = fact[name];
    if (count !== null) said[name] = count;
  }
  const cost = usd(fact.reported_cost_usd);
  return cost === null ? said : { ...said, reported_cost_usd: cost };
}

/** The book, keeping each row that a call was given. */
function remembering(book: PriceBook, used: Map<string, Price>): PriceBook {
  return {
    version: book.version,
    find(call) {
      const price = book.find(call);
      if (typeof price !== 'string') used.set(price.id, price);
      return price;
    },
    history: (call) => book.history(call),
  };
}

/** Nothing where the parts are not the cost: one id may name rows of several dates. */
function costPartsOf(row: LedgerRow, price: Price | undefined): ExplainedSpan['cost_parts'] {
  if (price === undefined || row.cost_usd === null) return [];
  const input_total = INPUT_CLASSES.reduce((sum, name) => sum + (row[name] ?? 0), 0);
  const parts = costParts(price, row, input_total);
  if (typeof parts === 'string') return [];
  if (parts.reduce((sum, { cost_usd }) => sum + cost_usd, 0n) !== row.cost_usd) return [];
  return parts.map(({ name, tokens, usd_per_token, cost_usd }) => ({
    class: name,
    tokens,
    usd_per_token: usd(usd_per_token) ?? '',
    cost_usd: usd(cost_usd) ?? '',
  }));
}

function knownTokens(row: LedgerRow): Partial<Record<TokenClass, number>> {
  const tokens: Partial<Record<TokenClass, number>> = {};
  for (const name of TOKEN_CLASSES) {
    const count = row[name];
    if (count !== null) tokens[name] = count;
  }
  return tokens;
}

function hintOf(row: LedgerRow | undefined): ExplainedSpan['hint'] {
  if (row === undefined || (row.hint_input === null && row.hint_output === null)) return null;
  return { input: row.hint_input, output: row.hint_output };
}

function totalsOf(rows: readonly LedgerRow[]): Explanation['totals'] {
  const counted = rows.filter((row) => row.counted);
  const sum = (classes: readonly TokenClass[]): number | null => {
    const known = counted.flatMap((row) => classes.map((name) => row[name])).filter(isKnown);
    return known.length === 0 ? null : known.reduce((total, tokens) => total + tokens, 0);
  };
  const costs = counted.map((row) => row.cost_usd).filter(isKnown);
  return {
    calls: counted.length,
    input: sum(INPUT_CLASSES),
    output: sum(OUTPUT_CLASSES),
    cost_usd: costs.length === 0 ? null : usd(costs.reduce((total, cost) => total + cost, 0n)),
    roles: tally(rows.map((row) => row.role)),
    doubts: tally(rows.flatMap((row) => row.doubts)),
  };
}

function isKnown<T>(value: T | null): value is T {
  return value !== null;
}

function tally(words: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
