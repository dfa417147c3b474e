// T1: one row per tool call, although up to three spans and an event may tell of it: the tool span, the
// MCP client's and the MCP server's, nested in each other.

import type { Kind } from '../fact.ts';
import type { Forest, Node } from './forest.ts';
import { addTo } from './lists.ts';
import { verdict, type Verdict } from './verdict.ts';

const BETWEEN: ReadonlySet<Kind> = new Set(['other', 'mcp']);

/** Decides every tool record: the outermost span of a call stands, the others repeat it. */
export function judgeTools(forest: Forest): Map<Node, Verdict> {
  const verdicts = new Map<Node, Verdict>();
  const outer = new Map<Node, Node>();
  /** The tool record next above or, of a tool, itself: a server's may be like its client's only. */
  const next = new Map<Node, Node>();
  const repeats = new Map<Node, Node[]>();
  for (const node of forest.downward) {
    const above = toolAbove(node, outer);
    const nearest = node.parent === null ? undefined : next.get(node.parent);
    if (node.fact.kind !== 'tool') {
      if (above !== undefined) outer.set(node, above);
      if (above !== undefined && nearest !== undefined) next.set(node, nearest);
      continue;
    }
    next.set(node, node);
    const isRepeat = [above, nearest].some((tool) => tool !== undefined && isSameTool(tool, node));
    if (above !== undefined && isRepeat) {
      outer.set(node, above);
      addTo(repeats, above, node);
    } else {
      outer.set(node, node);
      repeats.set(node, []);
    }
  }
  for (const log of matchedEvents(forest, repeats)) addTo(repeats, log.tool, log.event);
  for (const [tool, others] of repeats) {
    verdicts.set(tool, verdict('none', 'T1 a tool call', { others }));
    for (const other of others) {
      verdicts.set(
        other,
        verdict('duplicate', 'T1 the same tool call as the span above', { owner: tool }),
      );
    }
  }
  for (const log of forest.logs) {
    if (log.fact.kind === 'tool' && !verdicts.has(log)) {
      verdicts.set(log, verdict('none', 'T1 a tool call, told by an event alone'));
    }
  }
  return verdicts;
}

/** The tool call that a record lies in, with only plumbing between. */
function toolAbove(node: Node, outer: ReadonlyMap<Node, Node>): Node | undefined {
  const { parent } = node;
  if (parent === null) return undefined;
  if (parent.fact.kind === 'tool' || BETWEEN.has(parent.fact.kind)) return outer.get(parent);
  return undefined;
}

/** The same call id, or, where one side has none, the same name. */
function isSameTool(above: Node, node: Node): boolean {
  const [a, b] = [above.fact, node.fact];
  if (a.tool_call_id !== '' && b.tool_call_id !== '') return a.tool_call_id === b.tool_call_id;
  return a.tool_name === b.tool_name || a.tool_name === '' || b.tool_name === '';
}

interface ToolEvent {
  readonly tool: Node;
  readonly event: Node;
}

/** An event tells of the span with its call id, or of the tool span that it names or that lies beneath. */
function matchedEvents(
  forest: Forest,
  tools: ReadonlyMap<Node, readonly Node[]>,
): readonly ToolEvent[] {
  if (forest.logs.length === 0) return [];
  const byCallId = new Map<string, Node>();
  const beneath = new Map<Node, Map<string, Node[]>>();
  for (const tool of tools.keys()) {
    const { tool_call_id, trace_id } = tool.fact;
    if (tool_call_id !== '') byCallId.set(`${trace_id}:${tool_call_id}`, tool);
    if (tool.parent === null) continue;
    const named = beneath.get(tool.parent) ?? new Map<string, Node[]>();
    beneath.set(tool.parent, named);
    addTo(named, nameOf(tool), tool);
  }
  const found: ToolEvent[] = [];
  for (const event of forest.logs) {
    if (event.fact.kind !== 'tool') continue;
    const named = event.parent !== null && tools.has(event.parent) ? event.parent : undefined;
    const tool =
      byCallId.get(`${event.fact.trace_id}:${event.fact.tool_call_id}`) ??
      named ??
      takenBeneath(event, beneath);
    if (tool !== undefined) found.push({ tool, event });
  }
  return found;
}

/** An event without a call id may name the span above: of its tools one of that name, once. */
function takenBeneath(
  event: Node,
  beneath: ReadonlyMap<Node, ReadonlyMap<string, Node[]>>,
): Node | undefined {
  const { tool_call_id, tool_name } = event.fact;
  if (event.parent === null || tool_call_id !== '' || tool_name === '') return undefined;
  return beneath.get(event.parent)?.get(nameOf(event))?.pop();
}

function nameOf({ fact }: Node): string {
  return `${fact.scope_name}\u0000${fact.tool_name}`;
}
