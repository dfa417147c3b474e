// D9: the second record of a stream. Some emitters close the request's span when the stream begins
// and write another record at its end; others hand out a handle that ends before the call starts.

import { hasUsage, isAttempt, lowerBound, type Calls } from './calls.ts';
import type { Node } from './forest.ts';
import type { Groups } from './groups.ts';
import { CANDIDATES_MAX, modelsOf, shareModel } from './likeness.ts';
import { addTo } from './lists.ts';

export const HANDLE_AFTER_NS = 10e6;
export const HANDLE_BEFORE_NS = 1e6;
/** Between the end of a request and the start of the stream that its second record tells of. */
export const STREAM_APART_NS = 2e9;

/** A record at the end of a stream joins the request whose end is nearest to the stream's start. */
export function joinStreamEnds(calls: Calls, groups: Groups): void {
  const requests = new Map<string, Node[]>();
  for (const node of calls.spans) {
    if (node.fact.marks.includes('stream_end') || hasUsage(node)) continue;
    addTo(requests, streamKey(node), node);
  }
  if (requests.size === 0) return;
  const used = new Set<Node>();
  for (const end of calls.spans) {
    if (!end.fact.marks.includes('stream_end')) continue;
    const request = nearestEnd(requests.get(streamKey(end)) ?? [], end, used, calls.capped);
    if (request === undefined) continue;
    used.add(request);
    groups.join(end, request, `D9 the end of the stream that ${request.fact.span_id} began`);
  }
}

function streamKey(node: Node): string {
  const model = modelsOf(node.fact)[0] ?? '';
  return [siblingKey(node), node.fact.scope_name, model].join('\u0000');
}

function nearestEnd(
  requests: readonly Node[],
  end: Node,
  used: ReadonlySet<Node>,
  capped: Set<Node>,
): Node | undefined {
  const until = lowerBound(requests, end.end);
  const from = Math.max(0, until - CANDIDATES_MAX);
  let best: Node | undefined;
  for (let i = until - 1; i >= from; i--) {
    const request = requests[i] as Node;
    if (used.has(request)) continue;
    const apart = Math.abs(request.end - end.start);
    if (apart > STREAM_APART_NS) continue;
    if (best === undefined || apart < Math.abs(best.end - end.start)) best = request;
  }
  if (best === undefined && from > 0) capped.add(end);
  return best;
}

/**
 * A handle without figures and id, after whose end another scope's call begins, is that call. One
 * that says it streams may still be open then: it ends when the first piece comes.
 */
export function joinStreamHandles(calls: Calls, groups: Groups): void {
  const siblings = new Map<string, Node[]>();
  for (const node of calls.spans) {
    if (calls.is(node) && !isAttempt(node)) {
      addTo(siblings, siblingKey(node), node);
    }
  }
  const used = new Set<Node>();
  for (const handle of calls.spans) {
    if (!isHandle(handle, calls, groups)) continue;
    const beside = siblings.get(siblingKey(handle)) ?? [];
    const call = followingCall(handle, beside, used, groups, calls.capped);
    if (call === undefined) continue;
    used.add(call);
    groups.join(handle, call, `D9-handle of the stream that ${call.fact.span_id} reads`);
  }
}

/** Calls under one parent; roots of a service count as such, whatever their traces. */
function siblingKey(node: Node): string {
  const { service_name, trace_id, parent_span_id } = node.fact;
  return parent_span_id === ''
    ? service_name
    : `${service_name}\u0000${trace_id}:${parent_span_id}`;
}

function isHandle(node: Node, calls: Calls, groups: Groups): boolean {
  const alone = groups.of(node).members.length === 1;
  return (
    alone && calls.is(node) && !isAttempt(node) && !hasUsage(node) && node.fact.response_id === ''
  );
}

function followingCall(
  handle: Node,
  siblings: readonly Node[],
  used: ReadonlySet<Node>,
  groups: Groups,
  capped: Set<Node>,
): Node | undefined {
  const open = handle.fact.streaming === true;
  const from = lowerBound(siblings, open ? handle.start : handle.end - HANDLE_BEFORE_NS);
  const until = Math.min(siblings.length, from + CANDIDATES_MAX);
  const models = modelsOf(handle.fact);
  for (let i = from; i < until; i++) {
    const call = siblings[i] as Node;
    if (call.start > handle.end + HANDLE_AFTER_NS) return undefined;
    if (call === handle || used.has(call)) continue;
    // A call that is over before the handle is cannot be the stream that the handle began.
    if (call.end < handle.end) continue;
    if (groups.of(call).scopes.has(handle.fact.scope_name)) continue;
    if (shareModel(models, modelsOf(call.fact))) return call;
  }
  const next = siblings[until];
  if (next !== undefined && next.start <= handle.end + HANDLE_AFTER_NS) capped.add(handle);
  return undefined;
}
