// D2b: records with the same provider response id are one call, in whatever trace, service or scope
// they lie; but of one scope only one record, unless one lies above the other, because stand-ins and
// replays serve one id many times. A client and a gateway of the same scope are told from those by
// their services and times.

import type { Calls } from './calls.ts';
import { isAbove, type Node } from './forest.ts';
import type { Groups } from './groups.ts';
import { CANDIDATES_MAX, overlap, WITHIN_SERVICE_NS } from './likeness.ts';
import { addTo } from './lists.ts';

interface Cluster {
  readonly members: Node[];
  readonly scopes: Set<string>;
}

export function joinByResponseId(calls: Calls, groups: Groups): void {
  const byId = new Map<string, Node[]>();
  for (const node of calls.spans) {
    const id = node.fact.response_id;
    if (id === '') continue;
    addTo(byId, id, node);
  }
  for (const [id, nodes] of byId) if (nodes.length > 1) sweep(nodes, id, groups, calls.capped);
}

/** Nodes come in order of start; the latest clusters are the ones that can still be open. */
function sweep(nodes: readonly Node[], id: string, groups: Groups, capped: Set<Node>): void {
  const open: Cluster[] = [];
  for (const node of nodes) {
    const cluster = clusterFor(node, open);
    if (cluster === undefined) {
      if (open.some((other) => other.members.length > CANDIDATES_MAX)) capped.add(node);
      open.push({ members: [node], scopes: new Set([node.fact.scope_name]) });
      const closed = open.length > CANDIDATES_MAX ? open.shift() : undefined;
      if (closed !== undefined && isStillNear(closed, node)) {
        capped.add(closed.members[0] as Node);
      }
      continue;
    }
    groups.join(node, cluster.members[0] as Node, `D2b same response id ${id}`);
    cluster.members.push(node);
    cluster.scopes.add(node.fact.scope_name);
  }
}

/** A cluster that had to be closed although a later record could still join it. */
function isStillNear(cluster: Cluster, node: Node): boolean {
  const first = cluster.members[0] as Node;
  return !cluster.scopes.has(node.fact.scope_name) && overlap(first, node);
}

/** The cluster with a record above or beneath, else the latest one that lacks this scope. */
function clusterFor(node: Node, open: readonly Cluster[]): Cluster | undefined {
  let nearest: Cluster | undefined;
  for (let i = open.length - 1; i >= 0; i--) {
    const cluster = open[i] as Cluster;
    const { members } = cluster;
    const apart = cluster.scopes.has(node.fact.scope_name);
    for (let at = Math.max(0, members.length - CANDIDATES_MAX); at < members.length; at++) {
      const other = members[at] as Node;
      if (isAbove(other, node) || isAbove(node, other)) return cluster;
      if (apart ? isRelay(other, node, members) : overlap(other, node)) nearest ??= cluster;
    }
  }
  return nearest;
}

/** Whether one is the other's call, passed on, and its service has not told of the call before. */
function isRelay(other: Node, node: Node, members: readonly Node[]): boolean {
  const { scope_name, service_name } = node.fact;
  if (!isRelayOf(other, node) && !isRelayOf(node, other)) return false;
  return !members.some(
    ({ fact }) => fact.scope_name === scope_name && fact.service_name === service_name,
  );
}

/** The same call as another service passes it on: within the caller's time, with the same figures. */
function isRelayOf(outer: Node, inner: Node): boolean {
  if (outer.fact.scope_name !== inner.fact.scope_name) return false;
  if (outer.fact.service_name === inner.fact.service_name) return false;
  const within = outer.start <= inner.start && inner.end <= outer.end + WITHIN_SERVICE_NS;
  return within && !differ(outer, inner, 'input_total') && !differ(outer, inner, 'output_total');
}

function differ(a: Node, b: Node, total: 'input_total' | 'output_total'): boolean {
  const [one, other] = [a.usage[total], b.usage[total]];
  return one !== null && other !== null && one !== other;
}
