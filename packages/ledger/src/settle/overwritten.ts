// A span of the application on which an emitter wrote each of its calls over the one before: what
// stands there is the last call's, and that call may be the one beneath that tells nothing itself.

import type { Calls } from './calls.ts';
import type { Node } from './forest.ts';
import { modelsOf, shareModel } from './likeness.ts';
import { addTo } from './lists.ts';
import { nearestSums } from './places.ts';
import { verdict, type Verdict } from './verdict.ts';

/** Lends the figures of such a span to the last call beneath it, where that call is silent. */
export function lendOverwritten(calls: Calls, verdicts: Map<Node, Verdict>): void {
  const spans = [...calls.aggregates.keys()].filter(
    ({ fact, usage }) => fact.marks.includes('overwritten') && usage.input_total !== null,
  );
  if (spans.length === 0) return;
  for (const [span, beneath] of callsBeneath(spans, calls)) {
    const last = beneath.reduce((a, b) => (b.end > a.end ? b : a));
    const found = verdicts.get(last);
    if (found?.role !== 'unknown' || !shareModel(modelsOf(span.fact), modelsOf(last.fact)))
      continue;
    if (beneath.some((call) => tells(call, span, verdicts))) continue;
    const { others, attempts, doubts } = found;
    verdicts.set(
      last,
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

function callsBeneath(spans: readonly Node[], calls: Calls): ReadonlyMap<Node, Node[]> {
  const above = nearestSums(spans);
  const beneath = new Map<Node, Node[]>();
  for (const call of calls.spans) {
    const span = above(call);
    if (span === null) continue;
    addTo(beneath, span, call);
  }
  return beneath;
}

/** The span's figures are those of a call that is counted with them already. */
function tells(call: Node, span: Node, verdicts: ReadonlyMap<Node, Verdict>): boolean {
  const own = verdicts.get(call);
  const usage = (own?.owner == null ? own : verdicts.get(own.owner))?.usage ?? call.usage;
  return (
    usage.input_total === span.usage.input_total && usage.output_total === span.usage.output_total
  );
}
