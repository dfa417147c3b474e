// From verdicts to ledger rows: names enriched from the other records of the same call, the agent
// above, and the cost of what is counted.

import type { Doubt } from '../doubts.ts';
import type { Fact } from '../fact.ts';
import type { LedgerRow, Tokens } from '../ledger-row.ts';
import { isOrdinaryTier, type PriceBook } from '../price-book.ts';
import { NO_TOKENS, type Usage } from '../usage.ts';
import { costContradicts, costOf, type Cost } from '../cost.ts';
import { looksLikeCall } from './calls.ts';
import type { Contexts } from './context.ts';
import { hasNoPlace, type Node } from './forest.ts';
import type { Verdict } from './verdict.ts';

const NO_CHARGE: Charge = {
  tokens: NO_TOKENS,
  cost: {
    cost_usd: null,
    cost_reason: '',
    price_id: '',
    price_book: '',
    doubts: [],
    is_listed: false,
  },
};

/** Field by field: with spreads this many fields make an object that is slow to build and to read. */
export function rowOf(node: Node, found: Verdict, contexts: Contexts, book: PriceBook): LedgerRow {
  const { fact } = node;
  const counted = found.role === 'owner' || found.role === 'unknown';
  const sources = sourcesOf(node, found);
  const names = namesOf(sources);
  const place = placeOf(node, sources, contexts);
  const { tokens, cost } = counted ? chargeOf(fact, names, found.usage, book) : NO_CHARGE;
  return {
    org_id: fact.org_id,
    trace_id: fact.trace_id,
    span_id: fact.span_id,
    event_id: fact.event_id,
    signal: fact.signal,
    start_time: fact.start_time,
    duration_ns: fact.duration_ns,
    service_name: fact.service_name,
    environment: fact.environment,
    scope_name: fact.scope_name,
    name: fact.name,
    dialect: fact.dialect,
    kind: fact.kind,
    operation: fact.operation,
    role: found.role,
    counted,
    rule: ruleText(found),
    doubts: doubtsOf(found, cost, sources),
    owner_trace_id: found.owner?.fact.trace_id ?? '',
    owner_span_id: found.owner?.fact.span_id ?? '',
    parent_span_id: fact.parent_span_id,
    lacks_place: looksLikeCall(node) && hasNoPlace(node),
    agent_name: place.agent_name,
    agent_span_id: place.agent_span_id,
    execution_id: place.execution_id,
    conversation_id: place.conversation_id,
    user_id: place.user_id,
    provider: names.provider,
    request_model: names.request_model,
    response_model: names.response_model,
    response_id: names.response_id,
    service_tier: names.service_tier,
    tool_name: firstText(sources, 'tool_name'),
    tool_call_id: firstText(sources, 'tool_call_id'),
    status: fact.status,
    error_type: fact.error_type,
    streaming: firstKnown(sources, 'streaming'),
    attempts: attemptsOf(sources, found),
    time_to_first_chunk_ns: firstKnown(sources, 'time_to_first_chunk_ns'),
    finish_reasons: finishReasons(sources),
    usage_reason: found.usage_reason,
    input_uncached: tokens.input_uncached,
    cache_read: tokens.cache_read,
    cache_write_5m: tokens.cache_write_5m,
    cache_write_1h: tokens.cache_write_1h,
    audio_in: tokens.audio_in,
    image_in: tokens.image_in,
    output: tokens.output,
    reasoning: tokens.reasoning,
    audio_out: tokens.audio_out,
    image_out: tokens.image_out,
    web_searches: names.web_searches,
    cost_usd: cost.cost_usd,
    cost_reason: cost.cost_reason,
    price_id: cost.price_id,
    price_book: cost.price_book,
    reported_cost_usd: firstKnown(sources, 'reported_cost_usd'),
    hint_input: found.hint?.input_total ?? null,
    hint_output: found.hint?.output_total ?? null,
  };
}

function doubtsOf(
  found: Verdict,
  cost: Pick<Cost, 'cost_usd' | 'doubts' | 'is_listed'>,
  sources: readonly Node[],
): readonly Doubt[] {
  const reported_usd = firstKnown(sources, 'reported_cost_usd');
  const doubts = [...found.doubts, ...cost.doubts];
  // Emitters know the public list and not the operator's own prices: only the same list can differ.
  if (cost.is_listed && costContradicts(cost.cost_usd, reported_usd))
    doubts.push('cost_contradicts');
  return doubts.length < 2 ? doubts : [...new Set(doubts)].sort();
}

interface Charge {
  readonly tokens: Tokens;
  readonly cost: Cost;
}

function chargeOf(fact: Fact, names: Names, usage: Usage | null, book: PriceBook): Charge {
  const cost = costOf(
    {
      org_id: fact.org_id,
      provider: names.provider,
      request_model: names.request_model,
      response_model: names.response_model,
      service_tier: names.service_tier,
      start_time: fact.start_time,
      usage,
      web_searches: names.web_searches,
    },
    book,
  );
  return { tokens: usage?.tokens ?? NO_TOKENS, cost };
}

/** The rule with its sum, so that the row explains itself. */
function ruleText(found: Verdict): string {
  const sum = found.usage?.arithmetic ?? '';
  return sum === '' ? found.rule : `${found.rule}: ${sum}`;
}

/** The record itself, then the one that lent its figures, then the others of the same call. */
function sourcesOf(node: Node, found: Verdict): readonly Node[] {
  if (found.others.length === 0 && found.lender === null) return [node];
  const lent = found.lender === null ? [] : [found.lender];
  const rest = found.others.filter((other) => other !== found.lender);
  return [node, ...lent, ...rest];
}

type TextField = {
  [F in keyof Fact]: string extends Fact[F] ? F : never;
}[keyof Fact];

function firstText(sources: readonly Node[], field: TextField): string {
  for (const { fact } of sources) if (fact[field] !== '') return fact[field];
  return '';
}

function firstKnown<F extends keyof Fact>(sources: readonly Node[], field: F): Fact[F] | null {
  for (const { fact } of sources) if (fact[field] !== null) return fact[field];
  return null;
}

interface Names {
  readonly provider: string;
  readonly request_model: string;
  readonly response_model: string;
  readonly response_id: string;
  readonly service_tier: string;
  readonly web_searches: number | null;
}

function namesOf(sources: readonly Node[]): Names {
  return {
    provider: firstText(sources, 'provider'),
    request_model: firstText(sources, 'request_model') || modelAbove(sources[0]),
    response_model: firstText(sources, 'response_model'),
    response_id: firstText(sources, 'response_id'),
    service_tier: tierOf(sources),
    web_searches: firstKnown(sources, 'web_searches'),
  };
}

const LEVELS_ABOVE_MAX = 8;

/** Some emitters name the model on a span of theirs above the one that tells the usage. */
function modelAbove(node: Node | undefined): string {
  let up = node?.parent ?? null;
  for (let level = 0; up !== null && level < LEVELS_ABOVE_MAX; level++, up = up.parent) {
    const sameScope = up.fact.scope_name === node?.fact.scope_name;
    if (sameScope && up.fact.request_model !== '') return up.fact.request_model;
  }
  return '';
}

/** A tier with a price of its own counts, whichever record of the call names it. */
function tierOf(sources: readonly Node[]): string {
  const other = sources.find(({ fact }) => !isOrdinaryTier(fact.service_tier));
  return other?.fact.service_tier ?? firstText(sources, 'service_tier');
}

function finishReasons(sources: readonly Node[]): readonly string[] {
  return sources.find(({ fact }) => fact.finish_reasons.length > 0)?.fact.finish_reasons ?? [];
}

/** The emitter's own count of tries, or the failed records beneath plus the one that served. */
function attemptsOf(sources: readonly Node[], found: Verdict): number | null {
  return found.attempts ?? firstKnown(sources, 'attempts');
}

type Place = Pick<
  LedgerRow,
  'agent_name' | 'agent_span_id' | 'execution_id' | 'conversation_id' | 'user_id'
>;

/** The nearest agent above any record of the call: the owner's own trace may hold none. */
function placeOf(node: Node, sources: readonly Node[], contexts: Contexts): Place {
  const agent = agentFor(node, sources, contexts);
  return {
    agent_name: agent?.fact.agent_name || firstText(sources, 'agent_name'),
    agent_span_id: agent?.fact.span_id ?? '',
    execution_id: agent === null ? firstText(sources, 'execution_id') : contexts.executionOf(agent),
    conversation_id: firstInherited(sources, 'conversation_id', contexts),
    user_id: firstInherited(sources, 'user_id', contexts),
  };
}

function firstInherited(
  sources: readonly Node[],
  field: 'conversation_id' | 'user_id',
  contexts: Contexts,
): string {
  for (const source of sources) {
    const text = contexts.of(source)[field];
    if (text !== '') return text;
  }
  return '';
}

/** The agent that a record belongs to; an agent's own span belongs to its own run. */
export function agentFor(node: Node, sources: readonly Node[], contexts: Contexts): Node | null {
  if (node.fact.kind === 'agent') return node;
  for (const source of sources) {
    const { agent } = contexts.of(source);
    if (agent !== null) return agent;
  }
  return null;
}
