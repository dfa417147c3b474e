// The ledger that settling made of facts, in the words of the expectation, and where the two differ.

import {
  bundledPriceBook,
  settle,
  type Fact,
  type LedgerRow,
  type Settlement,
} from '../../src/index.ts';
import type { ProviderName } from './conversation.ts';
import { agentLine, sorted, toolLine, type CallLine, type Ledger } from './expectation.ts';

const CLOUDS: readonly (readonly [RegExp, ProviderName])[] = [
  [/openai/, 'openai'],
  [/anthropic/, 'anthropic'],
  [/^gcp|gemini|google/, 'gemini'],
  [/bedrock/, 'bedrock'],
];

/** What settling made of facts, in the words of the expectation. */
export function foundIn(facts: readonly Fact[]): Ledger {
  const settled = settle(facts, BOOK);
  const names = new Map(settled.executions.map((run) => [run.execution_id, run.agent_name]));
  return {
    calls: sorted(settled.rows.filter((row) => row.counted).map(foundLine)),
    agents: settled.executions
      .map((run) =>
        agentLine(
          names.get(run.parent_execution_id) ?? '',
          run.agent_name,
          run.calls,
          run.tool_calls,
        ),
      )
      .sort(),
    tools: toolRows(settled)
      .map((row) => toolLine(row.tool_name, row.tool_call_id, row.status === 'error'))
      .sort(),
    attempts: attemptsOf(settled),
    dialects: [...new Set(settled.rows.filter((row) => row.counted).map((row) => row.dialect))],
  };
}

const BOOK = bundledPriceBook();

const toolRows = ({ rows }: Settlement): readonly LedgerRow[] =>
  rows.filter((row) => row.kind === 'tool' && row.role === 'none');

/** Refused calls; a try beneath a refused call that another emitter tells of is that call. */
function attemptsOf({ rows }: Settlement): number {
  const tries = rows.filter((row) => row.role === 'attempt');
  const spans = new Set(tries.map((row) => row.span_id));
  return tries.filter((row) => row.owner_span_id === '' || !spans.has(row.owner_span_id)).length;
}

const sum = (...counts: (number | null)[]): number | null =>
  counts.reduce((all, count) => (count === null ? all : (all ?? 0) + count), null);

function foundLine(row: LedgerRow): CallLine {
  const cloud = CLOUDS.find(([pattern]) => pattern.test(row.provider));
  return {
    kind: row.kind,
    input: sum(
      ...[row.input_uncached, row.cache_read, row.cache_write_5m, row.cache_write_1h],
      ...[row.audio_in, row.image_in],
    ),
    output: sum(row.output, row.reasoning, row.audio_out, row.image_out),
    cache_read: row.cache_read,
    cache_write: sum(row.cache_write_5m, row.cache_write_1h),
    cache_write_1h: row.cache_write_1h,
    reasoning: row.reasoning,
    audio_in: row.audio_in,
    audio_out: row.audio_out,
    model: row.request_model || row.response_model || null,
    provider: cloud?.[1] ?? null,
    agent: row.agent_name || null,
    conversation: row.conversation_id || null,
    user: row.user_id || null,
    response_id: row.response_id || null,
    reasons: [row.usage_reason, ...row.doubts],
  };
}

const FIGURES = [
  'input',
  'output',
  'cache_read',
  'cache_write',
  'cache_write_1h',
  'reasoning',
  'audio_in',
  'audio_out',
] as const;

/** Where the ledger that was made is not the one that was told, in words. */
export function differences(told: Ledger, made: Ledger): readonly string[] {
  const found: string[] = [];
  const compare = (what: string, want: unknown, got: unknown) => {
    const [a, b] = [JSON.stringify(want), JSON.stringify(got)];
    if (a !== b) found.push(`${what}: told ${a}, found ${b}`);
  };
  compare('agents', told.agents, made.agents);
  compare('tools', told.tools, made.tools);
  if (told.dialects[0] !== '') compare('dialects', told.dialects, made.dialects);
  if (told.attempts !== null) compare('attempts', told.attempts, made.attempts);
  compare('number of calls', told.calls.length, made.calls.length);
  if (found.some((line) => line.startsWith('number'))) {
    compare('calls', told.calls.map(brief), made.calls.map(brief));
    return found;
  }
  for (const [at, want] of told.calls.entries()) {
    const line = openIn(want, made.calls[at] as CallLine);
    for (const name of Object.keys(want) as (keyof CallLine)[]) {
      compare(`call ${brief(want)} ${name}`, want[name], line[name]);
    }
  }
  return found;
}

const brief = (line: CallLine): string =>
  `${line.agent ?? 'nobody'} ${line.model} ${line.input}/${line.output}`;

/**
 * A line with what the expectation leaves open taken over from it: a class that the provider billed
 * nothing in may be 0 or not known, a model is told by either of its names, where the provider's id
 * is lost another may stand, and a row may carry more doubts than the losses name.
 */
function openIn(want: CallLine, line: CallLine): CallLine {
  const all = want.reasons.every((reason) => line.reasons.includes(reason));
  const open: CallLine = { ...line, reasons: all ? want.reasons : line.reasons };
  for (const name of FIGURES) if (want[name] === 0 && line[name] === null) open[name] = 0;
  if (want.response_id === null) open.response_id = null;
  if (want.model !== null && line.model?.startsWith(want.model)) open.model = want.model;
  return open;
}
