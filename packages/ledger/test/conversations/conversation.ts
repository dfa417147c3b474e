// A conversation of agents as it happened, whoever tells of it: turns, model calls with what the
// provider billed, tools, agents beneath tools. Generated from a seed, the same for ever.

import { chance, oneOf, randomOf, upTo, type Random } from './random.ts';

export type ProviderName = 'openai' | 'anthropic' | 'gemini' | 'bedrock';

/** What the provider billed, in disjoint classes; reasoning null where it does not say. */
export interface Figures {
  readonly uncached: number;
  readonly read: number;
  readonly write_5m: number;
  readonly write_1h: number;
  readonly audio_in: number;
  readonly answer: number;
  readonly reasoning: number | null;
  readonly audio_out: number;
}

export interface Call {
  readonly kind: 'chat' | 'embedding';
  readonly provider: ProviderName;
  readonly model: string;
  readonly response_model: string;
  /** '' where the provider gives none. */
  readonly response_id: string;
  readonly streaming: boolean;
  /** False for a stream whose client did not ask for usage. */
  readonly usage_sent: boolean;
  /** A stream that broke off: its input was told at its beginning, its output never. */
  readonly cut: boolean;
  /** Refused by the provider: nothing was billed, and the next call tries again. */
  readonly failed: boolean;
  readonly figures: Figures;
  readonly asks_for: readonly ToolUse[];
  readonly start_ms: number;
  readonly first_ms: number;
  readonly end_ms: number;
}

export interface ToolUse {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
  readonly result: string;
  readonly failed: boolean;
  /** A tool that embeds a text before it searches. */
  readonly embeds: readonly Call[];
  /** A tool that is another agent. */
  readonly agent: Agent | null;
  readonly start_ms: number;
  readonly end_ms: number;
}

export interface Turn {
  readonly index: number;
  /** Refused tries, then the one that was served. */
  readonly calls: readonly Call[];
  readonly tools: readonly ToolUse[];
  readonly start_ms: number;
  readonly end_ms: number;
}

export interface Agent {
  readonly name: string;
  readonly turns: readonly Turn[];
  readonly start_ms: number;
  readonly end_ms: number;
}

export interface Conversation {
  readonly seed: number;
  readonly id: string;
  readonly user: string;
  readonly root: Agent;
}

/** What an emitter can be in at all: a client library of one provider hears no other. */
export interface Abilities {
  readonly providers: readonly ProviderName[];
  readonly embeddings: boolean;
  readonly audio: boolean;
  /** False where an agent cannot be another agent's tool. */
  readonly nested?: boolean;
  /** True where the client asks every stream for its usage by itself. */
  readonly asks_usage?: boolean;
  /** True where OpenAI is asked by its Responses API. */
  readonly responses?: boolean;
  /** True where streams may break off. */
  readonly cuts?: boolean;
}

const DEPTH_MAX = 2;
const TURNS_MAX = 3;
const TOOLS_MAX = 3;
const AGENT_NAMES = ['writer', 'researcher', 'critic', 'coder'] as const;
const TOOL_NAMES = ['get_weather', 'read_file', 'run_query'] as const;

const MODELS: Readonly<Record<ProviderName, readonly (readonly [string, string])[]>> = {
  openai: [
    ['gpt-4o', 'gpt-4o-2024-08-06'],
    ['o3', 'o3-2025-04-16'],
  ],
  anthropic: [['claude-sonnet-4-5', 'claude-sonnet-4-5-20250929']],
  gemini: [['gemini-2.5-flash', 'gemini-2.5-flash']],
  bedrock: [
    ['us.anthropic.claude-sonnet-4-20250514-v1:0', 'us.anthropic.claude-sonnet-4-20250514-v1:0'],
  ],
};
const EMBEDDING_MODEL = 'text-embedding-3-small';

export function conversationOf(seed: number, abilities: Abilities): Conversation {
  const random = randomOf(seed);
  return {
    seed,
    id: `conversation-${seed}`,
    user: `user-${upTo(random, 9)}`,
    root: new Course(random, abilities).agent('planner', 0, 1_000),
  };
}

/** One course of events; times only move forward. */
class Course {
  readonly #random: Random;
  readonly #abilities: Abilities;
  #ids = 0;

  constructor(random: Random, abilities: Abilities) {
    this.#random = random;
    this.#abilities = abilities;
  }

  agent(name: string, depth: number, start_ms: number): Agent {
    const random = this.#random;
    const turns: Turn[] = [];
    const provider = oneOf(random, this.#abilities.providers);
    let now = start_ms + 1 + upTo(random, 9);
    const count = 1 + upTo(random, TURNS_MAX - 1);
    for (let index = 0; index < count; index++) {
      const turn = this.#turn(index, index === count - 1, provider, depth, now);
      turns.push(turn);
      now = turn.end_ms + 1 + upTo(random, 5);
    }
    return { name, turns, start_ms, end_ms: now + 1 };
  }

  #turn(index: number, last: boolean, provider: ProviderName, depth: number, now: number): Turn {
    const random = this.#random;
    const calls: Call[] = [];
    let at = now + 2;
    if (chance(random, 0.15)) {
      const refused = this.#chat(provider, at, [], true);
      calls.push(refused);
      at = refused.end_ms + 20;
    }
    const count = last ? 0 : 1 + upTo(random, TOOLS_MAX - 1);
    const ends = at + 40 + upTo(random, 400);
    const tools: ToolUse[] = [];
    for (let i = 0; i < count; i++) tools.push(this.#tool(depth, ends + 3 + i));
    const served = this.#chat(provider, at, tools, false, ends);
    calls.push(served);
    const end_ms = Math.max(ends, ...tools.map((tool) => tool.end_ms)) + 2;
    return { index, calls, tools, start_ms: now, end_ms };
  }

  #tool(depth: number, start_ms: number): ToolUse {
    const random = this.#random;
    const id = `call_${this.#id()}`;
    const agent =
      depth < DEPTH_MAX && this.#abilities.nested !== false && chance(random, 0.35)
        ? this.agent(oneOf(random, AGENT_NAMES), depth + 1, start_ms + 2)
        : null;
    const embeds =
      agent === null && this.#abilities.embeddings && chance(random, 0.3)
        ? [this.#embedding(start_ms + 2)]
        : [];
    const inner = [agent?.end_ms ?? 0, ...embeds.map((call) => call.end_ms)];
    return {
      id,
      name: agent === null ? oneOf(random, TOOL_NAMES) : `ask_${agent.name}`,
      arguments: JSON.stringify({ city: 'Paris', n: upTo(random, 99) }),
      result: JSON.stringify({ degrees: upTo(random, 40) }),
      failed: agent === null && chance(random, 0.15),
      embeds,
      agent,
      start_ms,
      end_ms: Math.max(start_ms + 5 + upTo(random, 60), ...inner) + 2,
    };
  }

  #chat(
    provider: ProviderName,
    start_ms: number,
    asks_for: readonly ToolUse[],
    failed: boolean,
    end_ms = start_ms + 30 + upTo(this.#random, 50),
  ): Call {
    const random = this.#random;
    const [model, response_model] = oneOf(random, MODELS[provider]);
    const streaming = chance(random, 0.4);
    return {
      kind: 'chat',
      provider,
      model,
      response_model,
      response_id: failed || provider === 'bedrock' ? '' : this.#responseId(provider),
      streaming,
      usage_sent: !(
        streaming &&
        chance(random, 0.3) &&
        provider === 'openai' &&
        this.#abilities.asks_usage !== true
      ),
      cut: streaming && !failed && this.#abilities.cuts === true && chance(random, 0.3),
      failed,
      figures: this.#figures(provider),
      asks_for,
      start_ms,
      first_ms: start_ms + 10 + upTo(random, 10),
      end_ms,
    };
  }

  #embedding(start_ms: number): Call {
    const random = this.#random;
    return {
      kind: 'embedding',
      provider: 'openai',
      model: EMBEDDING_MODEL,
      response_model: EMBEDDING_MODEL,
      response_id: '',
      streaming: false,
      usage_sent: true,
      cut: false,
      failed: false,
      figures: { ...NOTHING, uncached: 3 + upTo(random, 200) },
      asks_for: [],
      start_ms,
      first_ms: start_ms + 10,
      end_ms: start_ms + 20 + upTo(random, 20),
    };
  }

  /** Bits of chance decide which classes are there; their sizes are rarely equal. */
  #figures(provider: ProviderName): Figures {
    const random = this.#random;
    const some = (probability: number, limit: number) =>
      chance(random, probability) ? 1 + upTo(random, limit) : 0;
    const writes = provider === 'anthropic' || provider === 'bedrock';
    const thinks = provider === 'openai' || provider === 'gemini';
    const audio = this.#abilities.audio && provider === 'openai';
    return {
      uncached: 5 + upTo(random, 3_000),
      read: some(0.6, 40_000),
      write_5m: writes ? some(0.4, 9_000) : 0,
      write_1h: writes ? some(0.3, 9_000) : 0,
      audio_in: audio ? some(0.3, 500) : 0,
      answer: 2 + upTo(random, 2_000),
      reasoning: thinks ? some(0.6, 4_000) : null,
      audio_out: audio ? some(0.3, 500) : 0,
    };
  }

  #id(): string {
    this.#ids += 1;
    return `${this.#ids}x${upTo(this.#random, 1e6)}`;
  }

  #responseId(provider: ProviderName): string {
    const openai = this.#abilities.responses === true ? 'resp_' : 'chatcmpl-';
    const prefix = { openai, anthropic: 'msg_', gemini: 'g', bedrock: '' }[provider];
    return `${prefix}${this.#id()}`;
  }
}

const NOTHING: Figures = {
  uncached: 0,
  read: 0,
  write_5m: 0,
  write_1h: 0,
  audio_in: 0,
  answer: 0,
  reasoning: 0,
  audio_out: 0,
};

/** Every agent, parents first. */
export function agentsOf(agent: Agent): readonly Agent[] {
  return [agent, ...toolsOf(agent).flatMap((tool) => (tool.agent ? agentsOf(tool.agent) : []))];
}

export function toolsOf(agent: Agent): readonly ToolUse[] {
  return agent.turns.flatMap((turn) => turn.tools);
}

/** The calls that an agent made itself, refused ones too, in order of time. */
export function callsOf(agent: Agent): readonly Call[] {
  const own = agent.turns.flatMap((turn) => turn.calls);
  return [...own, ...toolsOf(agent).flatMap((tool) => tool.embeds)];
}
