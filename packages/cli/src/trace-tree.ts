// The tree of one trace: agents, model calls and tools, each under the one that started it, with
// its time, tokens, cost and role.

import { duration } from './figures.ts';
import { renderTable, type TableColumn } from './table.ts';
import type { Style, Terminal } from './terminal.ts';
import { tokenColumns, type Figures } from './token-columns.ts';

export interface TreeRow extends Figures {
  readonly span_id: string;
  readonly event_id: string;
  readonly parent_span_id: string;
  readonly agent_span_id: string;
  readonly kind: string;
  /** To whom or by whom: the model, the tool, the agent. */
  readonly name: string;
  readonly start_ns: bigint;
  readonly duration_ms: number;
  readonly role: string;
  readonly counted: boolean;
  /** What a person should know beside the figures: attempts, errors, reasons. */
  readonly note: string;
}

interface Placed {
  readonly row: TreeRow;
  readonly branch: string;
  /** What stands before the rows below this one. */
  readonly below: string;
}

/** From this width on the kind of work stands before the name, and branches are longer. */
const WIDE = 100;
const NOTE_INDENT = '    ';

export function renderTree(terminal: Terminal, rows: readonly TreeRow[]): string {
  const wide = terminal.width >= WIDE;
  return renderTable(terminal, columns(terminal, wide), placeRows(rows, wide));
}

function columns(terminal: Terminal, wide: boolean): TableColumn<Placed>[] {
  return [
    {
      title: wide ? 'agent / model / tool' : 'trace',
      align: 'left',
      text: ({ row, branch }) => `${branch}${wide ? wordOf(row) : ''}${row.name}`,
      paint: (text, placed) => paintName(terminal, text, placed, wide),
      shrink_to: wide ? 28 : 16,
    },
    { title: 'time', align: 'right', text: ({ row }) => duration(row.duration_ms), drop: 1 },
    ...tokenColumns<Placed>(({ row }) => (isCall(row) ? row : null)),
    {
      title: 'role',
      align: 'left',
      text: ({ row }) => (isCall(row) ? row.role : ''),
      style: ({ row }) => (row.counted ? (row.role === 'owner' ? 'good' : 'doubt') : 'quiet'),
    },
    {
      title: '',
      align: 'left',
      text: ({ row }) => row.note,
      style: () => 'quiet',
      beneath: ({ below }) => `${below}${NOTE_INDENT}`,
    },
  ];
}

function isCall({ kind }: TreeRow): boolean {
  return kind !== 'agent' && kind !== 'tool';
}

function paintName(
  terminal: Terminal,
  text: string,
  { row, branch }: Placed,
  wide: boolean,
): string {
  const before = branch.length + (wide ? wordOf(row).length : 0);
  return (
    terminal.paint('quiet', text.slice(0, before)) +
    terminal.paint(styleOf(row), text.slice(before))
  );
}

/** A model's name says enough by itself. */
function wordOf({ kind }: TreeRow): string {
  return kind === 'agent' || kind === 'tool' ? `${kind} ` : '';
}

function styleOf(row: TreeRow): Style {
  if (row.kind === 'agent') return 'agent';
  if (row.kind === 'tool') return 'tool';
  return row.counted ? 'model' : 'quiet';
}

/** Depth first, by start time. A row whose parent is not in the trace hangs under its agent. */
function placeRows(rows: readonly TreeRow[], wide: boolean): Placed[] {
  const ordered = [...rows].sort(byStart);
  const known = new Set(ordered.map((row) => row.span_id));
  const children = new Map<string, TreeRow[]>();
  for (const row of ordered) {
    const parent = parentOf(row, known);
    const siblings = children.get(parent);
    if (siblings) siblings.push(row);
    else children.set(parent, [row]);
  }
  const placed = new Map<TreeRow, Placed>();
  placeBelow(children.get('') ?? []);
  // Rows whose parents lead in a circle are shown all the same.
  for (const row of ordered) if (!placed.has(row)) placeBelow([row]);
  return [...placed.values()];

  function placeBelow(roots: readonly TreeRow[]): void {
    const stack: Placed[] = roots.map((row) => ({ row, branch: '', below: '' })).reverse();
    for (let next = stack.pop(); next; next = stack.pop()) {
      if (placed.has(next.row)) continue;
      placed.set(next.row, next);
      // Several log events may share a span id; what hangs below belongs to the span.
      if (next.row.event_id !== '') continue;
      const { below } = next;
      const under = children.get(next.row.span_id) ?? [];
      stack.push(
        ...under.map((row, at) => branchTo(row, below, at === under.length - 1, wide)).reverse(),
      );
    }
  }
}

function branchTo(row: TreeRow, stem: string, last: boolean, wide: boolean): Placed {
  const fill = wide ? '─ ' : ' ';
  return {
    row,
    branch: `${stem}${last ? '└' : '├'}${fill}`,
    below: `${stem}${last ? ' ' : '│'}${' '.repeat(fill.length)}`,
  };
}

function parentOf(row: TreeRow, known: ReadonlySet<string>): string {
  if (row.parent_span_id !== row.span_id && known.has(row.parent_span_id))
    return row.parent_span_id;
  if (row.agent_span_id !== row.span_id && known.has(row.agent_span_id)) return row.agent_span_id;
  return '';
}

/** Clocks may tick in milliseconds: of what started in the same one, the first to end came first. */
function byStart(a: TreeRow, b: TreeRow): number {
  if (a.start_ns !== b.start_ns) return a.start_ns < b.start_ns ? -1 : 1;
  if (a.duration_ms !== b.duration_ms) return a.duration_ms - b.duration_ms;
  return a.span_id < b.span_id ? -1 : 1;
}
