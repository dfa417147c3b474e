// The map of settling: from the facts of a unit to its ledger rows and executions. Pure, the same
// for every order of the facts, and linear in their number up to the sorting.

import type { Fact } from '../fact.ts';
import type { ExecutionRow, LedgerRow } from '../ledger-row.ts';
import type { PriceBook } from '../price-book.ts';
import { callsOf } from './calls.ts';
import { joinContained } from './containment.ts';
import { Contexts } from './context.ts';
import { distinct } from './distinct.ts';
import { joinEvents } from './events.ts';
import { executionsOf } from './executions.ts';
import { judgeAggregates } from './fallback.ts';
import { compareIds, forestOf, type Forest, type Node } from './forest.ts';
import { Groups } from './groups.ts';
import { judgeCalls } from './ownership.ts';
import { doubtHiddenCalls } from './hidden-calls.ts';
import { addTo } from './lists.ts';
import { lendOverwritten } from './overwritten.ts';
import { joinPairs } from './pairs.ts';
import { tellResiduals } from './residuals.ts';
import { joinByResponseId } from './response-ids.ts';
import { rowOf } from './rows.ts';
import { judgeRuns } from './runs.ts';
import { joinStreamEnds, joinStreamHandles } from './streams.ts';
import { judgeTools } from './tools.ts';
import type { Verdict } from './verdict.ts';

export interface Settlement {
  /** Sorted by trace, span and event. */
  readonly rows: LedgerRow[];
  readonly executions: ExecutionRow[];
}

/** Settles the facts of one unit, or of any number of them; organisations never meet. */
export function settle(facts: readonly Fact[], book: PriceBook): Settlement {
  const rows: LedgerRow[] = [];
  const executions: ExecutionRow[] = [];
  for (const own of byOrganisation(facts)) {
    const settled = settleUnit(distinct(own), book);
    for (const row of settled.rows) rows.push(row);
    for (const row of settled.executions) executions.push(row);
  }
  return { rows, executions };
}

function byOrganisation(facts: readonly Fact[]): readonly (readonly Fact[])[] {
  const first = facts[0]?.org_id;
  if (facts.every((fact) => fact.org_id === first)) return [facts];
  const organisations = new Map<string, Fact[]>();
  for (const fact of facts) {
    addTo(organisations, fact.org_id, fact);
  }
  return [...organisations.keys()].sort().map((org_id) => organisations.get(org_id) as Fact[]);
}

function settleUnit(facts: readonly Fact[], book: PriceBook): Settlement {
  const { forest, verdicts } = judge(facts);
  const contexts = new Contexts(forest);
  const rows: LedgerRow[] = [];
  for (const [node, found] of verdicts) rows.push(rowOf(node, found, contexts, book));
  rows.sort(compareIds);
  return { rows, executions: executionsOf(contexts, rows) };
}

export interface Judgement {
  readonly forest: Forest;
  /** One for every record that gets a ledger row. */
  readonly verdicts: ReadonlyMap<Node, Verdict>;
}

/** Every rule in its order. */
export function judge(facts: readonly Fact[]): Judgement {
  const forest = forestOf(facts);
  const calls = callsOf(forest);
  const groups = new Groups(forest.nodes, calls.capped);
  joinByResponseId(calls, groups);
  joinStreamEnds(calls, groups);
  joinContained(calls, groups);
  joinPairs(calls, groups);
  joinContained(calls, groups);
  joinStreamHandles(calls, groups);
  joinContained(calls, groups);
  joinEvents(forest, calls, groups);
  const verdicts = judgeCalls(calls, groups);
  lendOverwritten(calls, verdicts);
  judgeAggregates(calls, groups, verdicts);
  for (const [node, found] of judgeTools(forest)) verdicts.set(node, found);
  judgeRuns(forest, verdicts);
  tellResiduals(forest, calls, groups, verdicts);
  doubtHiddenCalls(forest, verdicts);
  return { forest, verdicts };
}
