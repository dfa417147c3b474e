// A teller says how one emitter tells of an agent, a turn, a call and a tool, and what it does not
// carry; the walk here leads it through a conversation.

import type { OtlpRequest } from '../../src/index.ts';
import type {
  Abilities,
  Agent,
  Call,
  Conversation,
  ProviderName,
  ToolUse,
  Turn,
} from './conversation.ts';
import { Tape, type Attributes, type LogWords, type Place, type SpanWords } from './tape.ts';

/** The things of the ledger that an emitter may leave out. */
export type Lost =
  /** Calls have no record at all. */
  | 'record'
  /** Refused calls may be told twice. */
  | 'attempts'
  /** The calls of a run are told as one sum. */
  | 'single_calls'
  | 'usage'
  | 'output'
  /** The cache is not told apart from the rest of the input. */
  | 'cache'
  /** Cached tokens are left out of the input and told nowhere. */
  | 'cached_input'
  | 'cache_write'
  | 'lifetimes'
  | 'reasoning'
  | 'audio'
  | 'provider'
  | 'model'
  | 'agents'
  /** Agents are known, their names are not. */
  | 'agent_name'
  | 'agent_tree'
  | 'tools'
  | 'tool_call_id'
  | 'tool_failure'
  | 'conversation'
  | 'user'
  | 'response_id';

export interface Loss {
  readonly what: Lost;
  /** Which calls lose it; all of them where nothing is said. */
  readonly of?: {
    readonly provider?: ProviderName;
    readonly kind?: Call['kind'];
    readonly streaming?: boolean;
    readonly usage_sent?: boolean;
    readonly failed?: boolean;
    readonly cut?: boolean;
  };
  /** What the ledger says on the row: a usage reason or a doubt; '' where there is no row. */
  readonly reason: string;
  readonly because: string;
}

/** Spans of one thing: the outermost first, each beneath the one before it. */
export interface Told {
  readonly spans: readonly SpanWords[];
  /** Spans that lie beside each other and hold nothing. */
  readonly beside?: readonly SpanWords[];
  /** Spans beneath the last one that hold nothing. */
  readonly beneath?: readonly SpanWords[];
  /** Which of the spans holds what comes beneath; the last one where nothing is said. */
  readonly holder?: number;
  /** Events that name the last span. */
  readonly logs?: readonly LogWords[];
  /** In a trace of its own, because the emitter is not told what is above. */
  readonly apart?: boolean;
  /** The events name the span above instead. */
  readonly aside?: boolean;
  /** The log records carry no trace context. */
  readonly adrift?: boolean;
}

export interface Around {
  readonly conversation: Conversation;
  readonly agent: Agent;
  readonly above: Agent | null;
}

export interface Within {
  readonly client: Teller;
  /** Where its spans lie: beneath the span of the call, beside it, or in traces of their own. */
  readonly place: 'beneath' | 'beside' | 'apart';
  /** It is told the usage of every stream, asked for by the application or not. */
  readonly asks_usage?: boolean;
}

export interface Teller extends Abilities {
  /** The name of the emitter, for people. */
  readonly emitter: string;
  readonly versions: string;
  /** Where the knowledge comes from: captures in this repository, or documentation only. */
  readonly evidence: 'captures' | 'reference';
  /** What the reader is called that must take its calls; '' where several may. */
  readonly dialect: string;
  readonly not_carried: readonly Loss[];
  /** The name of every agent, where the emitter is an agent and not a framework. */
  readonly is_agent?: string;
  readonly resource?: Attributes;
  readonly agent?: (agent: Agent, around: Around) => Told | null;
  readonly turn?: (turn: Turn, around: Around) => Told | null;
  readonly call: (call: Call, around: Around) => Told | null;
  readonly tool?: (tool: ToolUse, around: Around) => Told | null;
  /** A second emitter that hears the same calls, and may have one of its own. */
  readonly within?: Within;
}

export function tell(teller: Teller, conversation: Conversation): readonly OtlpRequest[] {
  const resource = { 'service.name': 'told-service', ...teller.resource };
  const tape = new Tape(conversation.seed, resource);
  new Walk(teller, conversation, tape).agent(conversation.root, null, null);
  return tape.requests();
}

class Walk {
  readonly #teller: Teller;
  readonly #conversation: Conversation;
  readonly #tape: Tape;

  constructor(teller: Teller, conversation: Conversation, tape: Tape) {
    this.#teller = teller;
    this.#conversation = conversation;
    this.#tape = tape;
  }

  agent(agent: Agent, above: Agent | null, place: Place | null): void {
    const around: Around = { conversation: this.#conversation, agent, above };
    const here = this.#put(this.#teller.agent?.(agent, around) ?? null, place);
    for (const turn of agent.turns) {
      const inTurn = this.#put(this.#teller.turn?.(turn, around) ?? null, here);
      for (const call of turn.calls) this.#call(call, around, inTurn);
      for (const tool of turn.tools) this.#tool(tool, around, inTurn);
    }
  }

  #tool(tool: ToolUse, around: Around, place: Place | null): void {
    const here = this.#put(this.#teller.tool?.(tool, around) ?? null, place);
    for (const call of tool.embeds) this.#call(call, around, here);
    if (tool.agent !== null) this.agent(tool.agent, around.agent, here);
  }

  #call(call: Call, around: Around, place: Place | null, teller = this.#teller): void {
    const { within } = teller;
    const here = this.#put(teller.call(call, around), place);
    if (within === undefined) return;
    const { client, asks_usage } = within;
    const places = { beneath: here, beside: place, apart: null };
    const inner = {
      ...call,
      start_ms: call.start_ms + 1,
      end_ms: call.end_ms - 1,
      usage_sent: call.usage_sent || asks_usage === true,
    };
    this.#call(inner, around, places[within.place], client);
  }

  #put(told: Told | null, above: Place | null): Place | null {
    if (told === null) return above;
    let place = told.apart === true ? null : above;
    const places: Place[] = [];
    for (const words of told.spans) places.push((place = this.#tape.span(words, place)));
    for (const words of told.beneath ?? []) this.#tape.span(words, place);
    for (const words of told.beside ?? []) this.#tape.span(words, above);
    const named = told.adrift === true ? null : told.aside === true ? above : place;
    for (const words of told.logs ?? []) this.#tape.log(words, named);
    if (told.apart === true) return above;
    return places[told.holder ?? places.length - 1] ?? above;
  }
}
