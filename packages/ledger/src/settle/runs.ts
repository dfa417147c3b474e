// Agent runs without figures of their own, and traces that tell of agents or tools and of no model
// call at all: what they used is nowhere, and that is a doubt.

import type { Doubt } from '../doubts.ts';
import { looksLikeCall } from './calls.ts';
import type { Forest, Node } from './forest.ts';
import { verdict, type Verdict } from './verdict.ts';

const SILENT: readonly Doubt[] = ['no_call_telemetry'];

/** Each agent gets a row; in a trace without any call the agents carry the doubt, else the tools. */
export function judgeRuns(forest: Forest, verdicts: Map<Node, Verdict>): void {
  const told = tracesWithCalls(forest, verdicts);
  const withAgents = new Set<string>();
  for (const node of forest.spans) {
    if (node.fact.kind !== 'agent') continue;
    withAgents.add(node.fact.trace_id);
    if (verdicts.has(node)) continue;
    const doubts = told.has(node.fact.trace_id) ? [] : SILENT;
    verdicts.set(node, verdict('none', 'D1 an agent run', { doubts }));
  }
  for (const [node, found] of verdicts) {
    const { kind, trace_id, conversation_id } = node.fact;
    if (kind !== 'tool' || found.role !== 'none') continue;
    // The calls of a conversation may lie in other traces of it.
    if (conversation_id !== '') continue;
    if (told.has(trace_id) || withAgents.has(trace_id)) continue;
    verdicts.set(node, { ...found, doubts: [...found.doubts, ...SILENT] });
  }
}

function tracesWithCalls(
  forest: Forest,
  verdicts: ReadonlyMap<Node, Verdict>,
): ReadonlySet<string> {
  const told = new Set<string>();
  for (const node of forest.nodes) if (looksLikeCall(node)) told.add(node.fact.trace_id);
  for (const [{ fact }, { role }] of verdicts) if (role === 'owner') told.add(fact.trace_id);
  return told;
}
