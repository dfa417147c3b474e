// The ledger that a conversation must give, less what its emitter does not carry.

import {
  agentsOf,
  callsOf,
  toolsOf,
  type Agent,
  type Call,
  type Conversation,
  type ProviderName,
} from './conversation.ts';
import { inputOf, outputOf, uncachedOf, written } from './provider-words.ts';
import { modelOf, sumOf } from './speech.ts';
import type { Lost, Teller } from './teller.ts';

/** Null is not known. */
export interface CallLine {
  kind: string;
  input: number | null;
  output: number | null;
  cache_read: number | null;
  cache_write: number | null;
  cache_write_1h: number | null;
  reasoning: number | null;
  audio_in: number | null;
  audio_out: number | null;
  model: string | null;
  provider: ProviderName | null;
  agent: string | null;
  conversation: string | null;
  user: string | null;
  response_id: string | null;
  /** Usage reason and doubts that the losses of this call stand for. */
  reasons: readonly string[];
}

export interface Ledger {
  calls: CallLine[];
  /** `above/agent calls=1 tools=2`, sorted. */
  agents: readonly string[];
  tools: readonly string[];
  /** Null where records of one refused call cannot be tied. */
  attempts: number | null;
  /** The readers that took the calls. */
  dialects: readonly string[];
}

export function expected(conversation: Conversation, teller: Teller): Ledger {
  const lost = lossesOf(teller);
  const agents = agentsOf(conversation.root);
  const lines: CallLine[] = [];
  let attempts = 0;
  for (const agent of agents) {
    const heard = lost(null).has('single_calls') ? [wholeRun(agent)] : callsOf(agent);
    for (const call of heard) {
      const own = lost(call);
      if (own.has('record')) continue;
      if (call.failed) attempts += 1;
      else lines.push(lineOf(call, teller.is_agent ?? agent.name, conversation, own));
    }
  }
  const without = lost(null);
  return {
    calls: sorted(lines),
    agents: without.has('agents') ? [] : agentLines(conversation.root, null, without, lost, teller),
    tools: without.has('tools')
      ? []
      : agents
          .flatMap((agent) =>
            toolsOf(agent).map((tool) =>
              toolLine(
                tool.name,
                without.has('tool_call_id') ? '' : tool.id,
                tool.failed && !without.has('tool_failure'),
              ),
            ),
          )
          .sort(),
    attempts: without.has('attempts') ? null : attempts,
    dialects: lines.length > 0 ? [teller.dialect] : [],
  };
}

/** All calls of a run as one, which no id belongs to. */
const wholeRun = (agent: Agent): Call => ({
  ...modelOf(agent),
  usage_sent: true,
  response_id: '',
  figures: sumOf(agent),
});

type Losses = ReadonlyMap<Lost, string>;

/** What is lost of a call, or, of null, everywhere. */
function lossesOf({ not_carried, within }: Teller): (call: Call | null) => Losses {
  const heard = within?.asks_usage === true;
  return (call) => {
    const found = new Map<Lost, string>();
    for (const { what, of, reason } of not_carried) {
      const hit =
        of === undefined ||
        (call !== null &&
          Object.entries(of).every(([key, value]) => call[key as keyof typeof of] === value));
      if (hit && !found.has(what)) found.set(what, reason);
    }
    if (call?.usage_sent === false && !heard && !found.has('usage')) {
      found.set('usage', 'stream_without_usage');
    }
    return found;
  };
}

function lineOf(call: Call, agent: string, conversation: Conversation, lost: Losses): CallLine {
  const { figures } = call;
  const blind = lost.has('usage');
  const plain = call.kind === 'embedding';
  const known = (count: number | null, ...any: Lost[]) =>
    blind || any.some((what) => lost.has(what)) ? null : count;
  return {
    kind: lost.has('single_calls') ? 'agent' : call.kind === 'chat' ? 'llm' : call.kind,
    input: known(lost.has('cached_input') ? uncachedOf(figures) : inputOf(figures)),
    output: plain ? 0 : known(outputOf(figures), 'output'),
    cache_read: plain ? 0 : known(figures.read, 'cache', 'cached_input'),
    cache_write: plain ? 0 : known(written(figures), 'cache', 'cached_input', 'cache_write'),
    cache_write_1h: plain
      ? 0
      : known(figures.write_1h, 'cache', 'cached_input', 'cache_write', 'lifetimes'),
    reasoning: plain ? 0 : known(figures.reasoning, 'output', 'reasoning'),
    audio_in: known(figures.audio_in, 'audio'),
    audio_out: known(figures.audio_out, 'audio', 'output'),
    model: lost.has('model') ? null : call.model,
    provider: lost.has('provider') ? null : call.provider,
    agent: lost.has('agents') || lost.has('agent_name') ? null : agent,
    conversation: lost.has('conversation') ? null : conversation.id,
    user: lost.has('user') ? null : conversation.user,
    response_id: lost.has('response_id') || call.response_id === '' ? null : call.response_id,
    reasons: reasonsOf(call, lost),
  };
}

/** A loss has its reason on the row only where the call had something to lose. */
function reasonsOf(call: Call, lost: Losses): readonly string[] {
  const blind = lost.get('usage');
  if (blind !== undefined) return [blind];
  const { figures } = call;
  const had: Partial<Record<Lost, number>> = {
    single_calls: 1,
    output: outputOf(figures),
    cache: figures.read + written(figures),
    cached_input: figures.read + written(figures),
    cache_write: written(figures),
    lifetimes: lost.has('cache') || lost.has('cached_input') ? 0 : figures.write_1h,
    reasoning: figures.reasoning ?? 0,
    audio: figures.audio_in + figures.audio_out,
  };
  const reasons = [...lost].filter(([what, reason]) => (had[what] ?? 0) > 0 && reason !== '');
  return [...new Set(reasons.map(([, reason]) => reason))].sort();
}

function agentLines(
  agent: Agent,
  above: Agent | null,
  without: Losses,
  lost: (call: Call) => Losses,
  teller: Teller,
): string[] {
  const heard = callsOf(agent).filter((call) => !call.failed && !lost(call).has('record'));
  const calls = without.has('single_calls') ? 1 : heard.length;
  const tools = without.has('tools') ? 0 : toolsOf(agent).length;
  const parent = without.has('agent_tree') ? null : above;
  const nameOf = (one: Agent | null) =>
    one === null || without.has('agent_name') ? '' : (teller.is_agent ?? one.name);
  return [
    agentLine(nameOf(parent), nameOf(agent), calls, tools),
    ...toolsOf(agent).flatMap((tool) =>
      tool.agent === null ? [] : agentLines(tool.agent, agent, without, lost, teller),
    ),
  ].sort();
}

export const agentLine = (above: string, name: string, calls: number, tools: number): string =>
  `${above}/${name} calls=${calls} tools=${tools}`;

export const toolLine = (name: string, id: string, failed: boolean): string =>
  `${name} ${id}${failed ? ' failed' : ''}`;

/** Lines in an order that depends on nothing but what they say. */
export function sorted(lines: CallLine[]): CallLine[] {
  const key = (line: CallLine) =>
    [line.input ?? 0, line.output ?? 0].map((n) => String(n).padStart(9, '0')).join() +
    [line.model?.split('-2024')[0], line.agent, line.response_id, line.conversation].join();
  return lines.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
