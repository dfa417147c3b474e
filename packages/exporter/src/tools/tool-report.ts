// What tools cost: their definitions, which every request repeats, and their results, which later requests
// are sent with. Both are a part of the input that is billed, never more than it.

import { usd } from '@spanledger/ledger';
import type { Period, ToolCalledRow, ToolSetRow } from '@spanledger/store';
import { keyOf, type Basis, type CountedSet } from './tool-sets.ts';
import { BYTES_PER_TOKEN } from './tokenizer.ts';
import { addKnown, Tallies, type Tally } from './tool-tally.ts';
import type { Stages } from '../stages.ts';

const NS_PER_S = 1_000_000_000n;

export interface ToolReport {
  readonly totals: ReturnType<typeof groupAnswer>;
  readonly groups: readonly (ReturnType<typeof groupAnswer> & {
    readonly agent_name: string;
    readonly action: string;
  })[];
  readonly tools: readonly ReturnType<typeof toolAnswer>[];
  readonly servers: readonly unknown[];
}

/** A request with its set and what the definitions of the set cost in all its requests. */
export interface PricedSet {
  readonly row: ToolSetRow;
  readonly set: CountedSet;
  /** Tokens of the definitions over all requests; null where not known. */
  readonly tokens: number | null;
  readonly cost_usd: bigint | null;
}

export async function toolReport(stages: Stages, asked: Period): Promise<ToolReport> {
  const [rows, called] = await Promise.all([
    stages.store.ask('tool_sets', asked),
    stages.store.ask('tools_called', asked),
  ]);
  const counted = await stages.toolSets.count(
    asked.org,
    rows.filter(({ requests_with_tools }) => requests_with_tools > 0),
  );
  const priced = rows.map((row) => price(stages, asked, row, counted.get(keyOf(asked.org, row))));
  const groups = new Tallies<Group>(() => ({ sets: [], called: [] }));
  for (const one of priced) groups.of(groupKey(one.row)).sets.push(one);
  for (const one of called) groups.of(groupKey(one)).called.push(one);
  const tools = toolTallies(priced, called);
  return {
    totals: groupAnswer({ sets: priced, called: [...called] }),
    groups: groups.map((key, group) => {
      const [agent_name = '', action = ''] = JSON.parse(key) as string[];
      return { agent_name, action, ...groupAnswer(group) };
    }),
    tools: tools.map((name, tally) => toolAnswer(name, tally)).sort(neverUsedFirst),
    servers: serversOf(tools),
  };
}

interface Group {
  readonly sets: PricedSet[];
  readonly called: ToolCalledRow[];
}

const NO_SET: CountedSet = { tokens: null, basis: null, tokenizer: '', reason: '', tools: [] };

function groupKey({ agent_name, action }: { agent_name: string; action: string }): string {
  return JSON.stringify([agent_name, action]);
}

/**
 * Definitions stand at the beginning of a prompt, so what was read from the cache is taken to be them
 * first; the rest is at the price of uncached input. Of calls without usage or price nothing was paid that
 * is known, and a part never costs more than its calls.
 */
function price(
  stages: Stages,
  { org: org_id, to_s }: Period,
  row: ToolSetRow,
  counted: CountedSet = NO_SET,
): PricedSet {
  const { requests_with_tools, provider, model, service_tier, cache_read } = row;
  const tokens = counted.tokens === null ? null : counted.tokens * requests_with_tools;
  if (counted.tokens === null || row.cost_usd === null)
    return { row, set: counted, tokens, cost_usd: null };
  const time_ns = BigInt(to_s) * NS_PER_S;
  const found = stages.prices.book.find({ org_id, provider, model, time_ns, service_tier });
  if (typeof found === 'string') return { row, set: counted, tokens, cost_usd: null };
  const { input_uncached, cache_read: cached_price } = found.prices;
  const billed = counted.tokens * row.tool_requests_with_usage;
  if (input_uncached === null || billed === 0) {
    return { row, set: counted, tokens, cost_usd: null };
  }
  const cached = cached_price === null ? 0 : Math.min(billed, cache_read ?? 0);
  const cost = BigInt(cached) * (cached_price ?? 0n) + BigInt(billed - cached) * input_uncached;
  return { row, set: counted, tokens, cost_usd: cost < row.cost_usd ? cost : row.cost_usd };
}

function groupAnswer({ sets, called }: Group) {
  const sum = (read: (row: ToolSetRow) => number): number =>
    sets.reduce((all, { row }) => all + read(row), 0);
  const requests = sum((row) => row.requests);
  const requests_with_tools = sum((row) => row.requests_with_tools);
  const with_tools = sets.filter(({ row }) => row.requests_with_tools > 0);
  const definition_tokens = addKnown(with_tools.map(({ tokens }) => tokens));
  const input_tokens = addKnown(sets.map(({ row }) => row.input_total));
  const first = addKnown(called.map(({ first_bytes }) => first_bytes));
  const again = addKnown(called.map(({ again_bytes }) => again_bytes));
  const result_bytes = addKnown([first, again]);
  const result_tokens = result_bytes === null ? null : tokensIn(result_bytes);
  // Of the requests that told their input alone: only of these there is a whole to have a share of.
  const billed = addKnown(called.map(({ billed_bytes }) => billed_bytes));
  const overhead = addKnown([
    ...with_tools.map(({ row, set }) =>
      set.tokens === null ? null : set.tokens * row.tool_requests_with_usage,
    ),
    billed === null ? null : tokensIn(billed),
  ]);
  return {
    ...{ requests, requests_with_tools, tool_share: share(requests_with_tools, requests) },
    errors: sum((row) => row.errors),
    duration_ns: sets.reduce((all, { row }) => all + row.duration_ns, 0n),
    ...{ input_tokens, definition_tokens, definition_basis: basisOf(with_tools) },
    requests_without_definition_tokens: with_tools
      .filter(({ tokens }) => tokens === null)
      .reduce((all, { row }) => all + row.requests_with_tools, 0),
    definition_cost_usd: usd(addMoney(with_tools.map(({ cost_usd }) => cost_usd))),
    result_tokens,
    result_tokens_again: again === null ? null : tokensIn(again),
    result_basis: result_tokens === null ? null : ('bytes' as const),
    tool_runs: called.reduce((all, { runs }) => all + runs, 0),
    tool_runs_without_size: called.reduce((all, row) => all + row.runs - row.sized_runs, 0),
    overhead_share: overhead === null ? null : share(overhead, input_tokens ?? 0),
    cost_usd: usd(addMoney(sets.map(({ row }) => row.cost_usd))),
  };
}

function toolTallies(
  priced: readonly PricedSet[],
  called: readonly ToolCalledRow[],
): Tallies<Tally> {
  const tallies = Tallies.ofTools();
  for (const { row, set, tokens, cost_usd } of priced) {
    for (const [name, times] of Object.entries(row.requested)) {
      tallies.of(name).requested += times;
    }
    for (const { name, tokens: each } of set.tools) {
      const tally = tallies.of(name);
      tally.offered += row.requests_with_tools;
      // Only who tells a set by its hash tells which of its tools an answer asked for.
      if (row.names === '') tally.use_told = false;
      if (each === null) {
        tally.unknown += row.requests_with_tools;
        continue;
      }
      const all = each * row.requests_with_tools;
      tally.definition_tokens = (tally.definition_tokens ?? 0) + all;
      if (set.basis !== null) tally.bases.add(set.basis);
      if (cost_usd === null || tokens === null || tokens === 0) continue;
      tally.definition_cost_usd =
        (tally.definition_cost_usd ?? 0n) + (cost_usd * BigInt(all)) / BigInt(tokens);
    }
  }
  for (const row of called) {
    const tally = tallies.of(row.tool_name);
    tally.runs += row.runs;
    tally.errors += row.errors;
    tally.duration_ns += row.duration_ns;
    tally.sized_runs += row.sized_runs;
    tally.result_bytes += row.result_bytes ?? 0;
    tally.first_bytes += row.first_bytes ?? 0;
    tally.again_bytes += row.again_bytes ?? 0;
    if (row.mcp_server !== '') tally.servers.add(row.mcp_server);
  }
  return tallies;
}

function toolAnswer(tool_name: string, tally: Tally) {
  const { offered, requested, runs, errors, sized_runs, definition_tokens } = tally;
  const never_used = offered === 0 || runs + requested > 0 ? false : tally.use_told ? true : null;
  return {
    ...{ tool_name, mcp_server: [...tally.servers].sort().join(', '), offered, requested },
    ...{ never_used, runs, errors, success_rate: share(runs - errors, runs) },
    duration_ns: tally.duration_ns,
    definition_tokens,
    definition_tokens_each:
      definition_tokens === null || offered === tally.unknown
        ? null
        : Math.round(definition_tokens / (offered - tally.unknown)),
    definition_basis: [...tally.bases].sort().join(', ') || null,
    definition_reason: definition_tokens === null && offered > 0 ? 'definitions_not_kept' : '',
    definition_cost_usd: usd(tally.definition_cost_usd),
    result_tokens_each: sized_runs === 0 ? null : tokensIn(tally.result_bytes / sized_runs),
    result_tokens: sized_runs === 0 ? null : tokensIn(tally.first_bytes + tally.again_bytes),
    result_tokens_again: sized_runs === 0 ? null : tokensIn(tally.again_bytes),
    result_reason: runs > 0 && sized_runs === 0 ? 'size_not_told' : '',
  };
}

type ToolAnswer = ReturnType<typeof toolAnswer>;

function neverUsedFirst(a: ToolAnswer, b: ToolAnswer): number {
  const rank = ({ never_used }: ToolAnswer): number => (never_used === true ? 0 : 1);
  const tokens = (one: ToolAnswer): number =>
    (one.definition_tokens ?? 0) + (one.result_tokens ?? 0);
  return (
    rank(a) - rank(b) ||
    tokens(b) - tokens(a) ||
    b.offered - a.offered ||
    (a.tool_name < b.tool_name ? -1 : 1)
  );
}

/** Tools that no server answered for are of the program itself. */
function serversOf(tools: Tallies<Tally>): readonly unknown[] {
  const servers = new Tallies<ToolAnswer[]>(() => []);
  for (const [name, tally] of tools) {
    for (const server of tally.servers) servers.of(server).push(toolAnswer(name, tally));
  }
  return servers.map((mcp_server, all) => ({
    ...{ mcp_server, tools: all.length },
    runs: all.reduce((sum, { runs }) => sum + runs, 0),
    errors: all.reduce((sum, { errors }) => sum + errors, 0),
    definition_tokens: addKnown(all.map(({ definition_tokens }) => definition_tokens)),
    result_tokens: addKnown(all.map(({ result_tokens }) => result_tokens)),
    never_used: all.filter(({ never_used }) => never_used === true).length,
  }));
}

function tokensIn(bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_TOKEN);
}

/** The weakest that any of them rests on. */
function basisOf(sets: readonly PricedSet[]): Basis | null {
  const found = new Set(sets.map(({ set }) => set.basis));
  const order: readonly Basis[] = ['bytes', 'other_tokenizer', 'tokenizer'];
  return order.find((basis) => found.has(basis)) ?? null;
}

function addMoney(amounts: readonly (bigint | null)[]): bigint | null {
  const all = amounts.filter((one) => one !== null);
  return all.length === 0 ? null : all.reduce((sum, one) => sum + one, 0n);
}

/** From 0 to 1; null of nothing. */
function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
