// `spanledger view-execution`, `timeline`, `chain` and `interactions`: one execution, from four sides.

import { renderChain, type ChainAnswer } from '../chain-view.ts';
import { type Command, type Context, always } from '../command.ts';
import { renderExecution, type ExecutionAnswer } from '../execution-view.ts';
import type { Exit } from '../exit-code.ts';
import { renderInteractions, type InteractionAnswer } from '../interaction-view.ts';
import { Service } from '../service.ts';
import { printable } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { renderTimeline, type TimelineAnswer } from '../timeline-view.ts';

const ID = [{ name: 'id', meaning: 'execution id, as "spanledger executions" lists it' }] as const;

interface WholeAnswer extends ExecutionAnswer {
  readonly traceback: string | null;
  readonly broke_in: string | null;
  readonly timeline: readonly TimelineAnswer[];
  readonly llm_calls: readonly InteractionAnswer[];
}

export const viewExecutionCommand: Command = {
  name: 'view-execution',
  summary: 'One execution whole: figures, stages, model calls, and where it broke',
  arguments: ID,
  options: [],
  example: 'spanledger view-execution e-1',
  reads: always,
  run: (context, [id = '']) =>
    show<WholeAnswer>(context, pathOf(id), (terminal, answer) => {
      const { broke_in, traceback, timeline, llm_calls } = answer;
      const parts = [renderExecution(terminal, answer)];
      if (broke_in !== null) parts.push(terminal.paint('bad', `Broke in ${printable(broke_in)}`));
      if (traceback !== null) parts.push(tracebackOf(traceback));
      if (timeline.length > 0) parts.push(renderTimeline(terminal, timeline));
      if (llm_calls.length > 0) parts.push(renderInteractions(terminal, llm_calls, false));
      return parts.join('\n\n');
    }),
};

export const timelineCommand: Command = {
  name: 'timeline',
  summary: 'What an execution told while it ran: stages, log lines, and the time between',
  arguments: ID,
  options: [],
  example: 'spanledger timeline e-1',
  reads: always,
  run: (context, [id = '']) =>
    show<{ timeline: readonly TimelineAnswer[] }>(
      context,
      `${pathOf(id)}/timeline`,
      (terminal, { timeline }) => renderTimeline(terminal, timeline),
    ),
};

export const chainCommand: Command = {
  name: 'chain',
  summary: 'Who called whom around an execution, as a tree, with what was handed over',
  arguments: ID,
  options: [],
  example: 'spanledger chain e-1',
  reads: always,
  run: (context, [id = '']) =>
    show<{ chain: readonly ChainAnswer[] }>(context, `${pathOf(id)}/chain`, (terminal, { chain }) =>
      renderChain(terminal, chain),
    ),
};

export const interactionsCommand: Command = {
  name: 'interactions',
  summary:
    'The model calls of an execution: tokens, cost, time, and what was said where it is kept',
  arguments: ID,
  options: [],
  example: 'spanledger interactions e-1',
  reads: always,
  run: (context, [id = '']) =>
    show<WholeAnswer>(context, pathOf(id), (terminal, { llm_calls }) =>
      llm_calls.length === 0 ? 'No model call.' : renderInteractions(terminal, llm_calls, true),
    ),
};

function pathOf(id: string): string {
  return `api/v1/executions/${encodeURIComponent(id)}`;
}

async function show<Answer>(
  { terminal, settings }: Context,
  path: string,
  render: (terminal: Terminal, answer: Answer) => string,
): Promise<Exit> {
  const answer = await new Service(settings).get<Answer>(path);
  terminal.print(settings.json ? JSON.stringify(answer, null, 2) : render(terminal, answer));
  return 'ok';
}

/** Line by line, because each may hold what a terminal would act on. */
function tracebackOf(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
