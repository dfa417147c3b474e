// Who called whom, as a tree: each run with its status, time and cost, and what was handed over.

import { errorOf, statusStyle, type ExecutionAnswer } from './execution-view.ts';
import { duration, money } from './figures.ts';
import { renderTable, type TableColumn } from './table.ts';
import type { Terminal } from './terminal.ts';

export interface ChainAnswer extends ExecutionAnswer {
  readonly depth: number;
  readonly sequence: number;
  readonly handed_over: unknown;
  readonly handed_over_characters: number | null;
  readonly children: readonly ChainAnswer[];
}

interface Placed {
  readonly run: ChainAnswer;
  readonly branch: string;
  readonly below: string;
}

const COLUMNS: readonly TableColumn<Placed>[] = [
  {
    title: 'agent',
    align: 'left',
    text: ({ run, branch }) => `${branch}${run.agent_type || run.execution_id}`,
    style: () => 'agent',
    shrink_to: 20,
  },
  { title: '#', align: 'right', text: ({ run }) => String(run.sequence + 1), drop: 1 },
  {
    title: 'status',
    align: 'left',
    text: ({ run }) => run.status,
    style: ({ run }) => statusStyle(run.status),
  },
  { title: 'time', align: 'right', text: ({ run }) => duration(run.duration_ms) },
  {
    title: 'cost',
    align: 'right',
    text: ({ run }) => money(run.cost_usd),
    style: () => 'money',
  },
  {
    title: 'execution',
    align: 'left',
    text: ({ run }) => run.execution_id,
    style: () => 'quiet',
    shrink_to: 12,
    drop: 2,
  },
  {
    title: 'handed over',
    align: 'left',
    text: ({ run }) => handedOver(run),
    beneath: ({ below }) => `${below}  `,
  },
  {
    title: 'error',
    align: 'left',
    text: ({ run }) => errorOf(run),
    style: () => 'bad',
    beneath: ({ below }) => `${below}  `,
  },
];

const SHOWN_CHARACTERS = 200;

export function renderChain(terminal: Terminal, chain: readonly ChainAnswer[]): string {
  return renderTable(
    terminal,
    COLUMNS,
    chain.flatMap((run) => placed(run, '', '')),
  );
}

function placed(run: ChainAnswer, branch: string, below: string): Placed[] {
  const last = run.children.length - 1;
  return [
    { run, branch, below },
    ...run.children.flatMap((child, at) =>
      placed(child, `${below}${at === last ? '└ ' : '├ '}`, `${below}${at === last ? '  ' : '│ '}`),
    ),
  ];
}

/** The text where it is kept, else how long it was. */
function handedOver({ handed_over, handed_over_characters }: ChainAnswer): string {
  if (handed_over === null || handed_over === undefined) {
    return handed_over_characters === null ? '' : `${handed_over_characters} characters`;
  }
  const text = typeof handed_over === 'string' ? handed_over : JSON.stringify(handed_over);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
