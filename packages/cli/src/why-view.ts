// Why an agent did or did not run: the verdict in words, the evidence beneath it, and what else was found.

import { plural, UNKNOWN } from './figures.ts';
import { labelledLine } from './labelled-line.ts';
import { timeOf } from './quality-view.ts';
import { printable, renderTable, type TableColumn } from './table.ts';
import type { Style, Terminal } from './terminal.ts';
import { wrap } from './wrap.ts';

interface Found {
  readonly verdict: string;
  readonly sure: string;
  readonly evidence: readonly EvidenceAnswer[];
}

interface EvidenceAnswer {
  readonly what: string;
  /** Nanoseconds since 1970. */
  readonly time_ns: string;
  readonly trace_id: string;
  readonly span_id: string;
  readonly agent_name: string;
  readonly detail: string;
}

/** `GET /api/v1/why`. */
export interface WhyAnswer extends Found {
  readonly agent_name: string;
  readonly conversation_id: string;
  readonly also: readonly Found[];
  readonly unseen: readonly string[];
  readonly habits: readonly {
    readonly how: string;
    readonly service_name: string;
    readonly entry_agent: string;
    readonly parent_agent: string;
    readonly times: number;
  }[];
}

/** A newer service may know verdicts that this command does not. */
const MEANINGS: Readonly<Record<string, readonly [words: string, style: Style]>> = {
  fired_successfully: ['it ran, and ended well', 'good'],
  still_running: ['it, or the conversation before it, is still running', 'doubt'],
  budget_stopped: ['a budget was used up', 'bad'],
  failed: ['it ran, and failed', 'bad'],
  skipped: ['it ran, and decided not to respond', 'doubt'],
  routed_elsewhere: ['a router chose another', 'doubt'],
  upstream_failed: ['what would have called it failed', 'bad'],
  never_invoked: ['nothing in this conversation called it', 'doubt'],
  never_observed: ['no run of it was seen, which does not say that nobody called it', 'doubt'],
};

const UNSEEN: Readonly<Record<string, string>> = {
  no_data: 'nothing of this conversation is stored in this period',
  traces_incomplete: 'spans are missing from its traces: not sent yet, dropped or not recorded',
  sampled: 'its traces were sampled',
  agent_unknown:
    'no run of this agent was seen in 30 days: it may not be instrumented, or be called otherwise',
  agent_of_other_services: 'it ran in other services only',
  chosen: 'a router chose it, and no run of it arrived',
};

const COLUMNS: readonly TableColumn<EvidenceAnswer>[] = [
  { title: 'time (UTC)', align: 'left', text: ({ time_ns }) => timeOf(time_ns) },
  { title: 'what', align: 'left', text: ({ what }) => what },
  {
    title: 'agent',
    align: 'left',
    text: ({ agent_name }) => agent_name || UNKNOWN,
    style: () => 'agent',
    shrink_to: 12,
  },
  { title: 'said', align: 'left', text: ({ detail }) => detail, beneath: () => '  said: ' },
  {
    title: 'trace:span',
    align: 'left',
    text: ({ trace_id, span_id }) => `${trace_id}${span_id && `:${span_id}`}`,
    beneath: () => '  at: ',
  },
];

export function renderWhy(terminal: Terminal, answer: WhyAnswer): string {
  const { agent_name, conversation_id, verdict, sure, evidence, also, unseen, habits } = answer;
  const [words, style] = MEANINGS[verdict] ?? ['', 'doubt'];
  const lines = [
    `${terminal.paint('agent', printable(agent_name))} in ${printable(conversation_id)}: ${terminal.paint(style, verdict)} (${sure})`,
    words,
  ];
  for (const reason of unseen) {
    const [first = '', ...more] = wrap(UNSEEN[reason] ?? reason, terminal.width - 2);
    lines.push(`– ${first}`, ...more.map((line) => `  ${line}`));
  }
  if (evidence.length > 0) lines.push('', renderTable(terminal, COLUMNS, evidence));
  if (also.length > 0) {
    const parts = also.map((one) => ({
      text: `${one.verdict} (${one.sure}, ${plural(one.evidence.length, 'record')})`,
    }));
    lines.push('', labelledLine(terminal, 'Also', parts));
  }
  if (habits.length > 0) {
    lines.push(labelledLine(terminal, 'Elsewhere', habits.slice(0, 5).map(habitOf)));
  }
  return lines.join('\n');
}

function habitOf({ how, service_name, parent_agent, times }: WhyAnswer['habits'][number]) {
  const by = parent_agent === '' ? '' : ` by ${printable(parent_agent)}`;
  const verb = how === 'ran' ? 'ran' : 'could be chosen';
  return { text: `${verb} ${plural(times, 'time')} in ${printable(service_name || UNKNOWN)}${by}` };
}
