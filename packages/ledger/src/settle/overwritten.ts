// A span of the application on which an emitter wrote each of its calls over the one before: what
// stands there is the last call's, and that call may be the one beneath that tells nothing itself.

import type { Calls } from './calls.ts';
import type { Node } from './forest.ts';
import { nearestSums } from './fallback.ts';
import { modelsOf, shareModel } from './likeness.ts';
import { verdict, type Verdict } from './verdict.ts';

/** Lends the figures of such a span to the one silent call beneath it with its model. */
export function lendOverwritten(calls: Calls, verdicts: Map<Node, Verdict>): void {
  const spans = [...calls.aggregates.keys()].filter(
    ({ fact, usage }) => fact.marks.includes('overwritten') && usage.input_total !== null,
  );
  if (spans.length === 0) return;
  const above = nearestSums(spans);
  const silent = new Map<Node, Node[]>();
  for (const call of calls.spans) {
    const span = verdicts.get(call)?.role === 'unknown' ? above(call) : null;
    if (span === null || !shareModel(modelsOf(span.fact), modelsOf(call.fact))) continue;
    const list = silent.get(span);
    if (list === undefined) silent.set(span, [call]);
    else list.push(call);
  }
  for (const [span, [call, ...more]] of silent) {
    if (call === undefined || more.length > 0) continue;
    const { others, attempts, doubts } = verdicts.get(call) as Verdict;
    verdicts.set(
      call,
      verdict('owner', `D3 owns; figures left on the span above, ${span.fact.span_id}`, {
        usage: span.usage,
        usage_reason: span.usage.reason,
        others,
        attempts,
        doubts: [...doubts, ...span.usage.doubts, 'overwritten_span'],
      }),
    );
  }
}
