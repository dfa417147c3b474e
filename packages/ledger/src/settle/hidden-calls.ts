// Calls that an emitter knows to be hidden inside one record: a client that runs the tools itself
// asks the model again within one span, and reports the last answer's usage only.

import type { Forest, Node } from './forest.ts';
import type { Verdict } from './verdict.ts';

/** The doubt of every counted call one of whose records ran a tool by itself. */
export function doubtHiddenCalls(forest: Forest, verdicts: Map<Node, Verdict>): void {
  for (const tool of forest.spans) {
    const { parent, fact } = tool;
    if (parent === null || fact.kind !== 'tool') continue;
    if (!parent.fact.marks.includes('calls_tools_itself')) continue;
    if (parent.fact.scope_name !== fact.scope_name) continue;
    const counted = verdicts.get(parent)?.owner ?? parent;
    const found = verdicts.get(counted);
    if (found === undefined || found.doubts.includes('may_hold_several_bills')) continue;
    if (found.role !== 'owner' && found.role !== 'unknown') continue;
    verdicts.set(counted, { ...found, doubts: [...found.doubts, 'may_hold_several_bills'] });
  }
}
