// What tellers have in common: spans over the time of a thing, the names of OpenTelemetry's
// conventions, sums over calls, and losses as rows of a table.

import type { Agent, Call, Figures, ProviderName, ToolUse } from './conversation.ts';
import { callsOf } from './conversation.ts';
import { inputOf, outputOf, providerFinish } from './provider-words.ts';
import type { Attributes, LogWords, SpanWords } from './tape.ts';
import type { Around, Loss, Lost, Told } from './teller.ts';

interface Span {
  readonly start_ms: number;
  readonly end_ms: number;
}

export const over = (
  thing: Span,
  scope: string,
  name: string,
  attributes: Attributes,
  more: Partial<SpanWords> = {},
): SpanWords => ({
  scope,
  name,
  start_ms: thing.start_ms,
  end_ms: thing.end_ms,
  attributes,
  ...('failed' in thing && thing.failed === true ? { status: 'error' as const } : {}),
  ...more,
});

export const one = (span: SpanWords, logs: readonly LogWords[] = []): Told => ({
  spans: [span],
  logs,
});

/** A row of what an emitter does not carry. */
export const lost = (what: Lost, because: string, reason = '', of?: Loss['of']): Loss => ({
  what,
  because,
  reason,
  ...(of === undefined ? {} : { of }),
});

export const NO_LIFETIMES = lost(
  'lifetimes',
  'cache writes are one figure, whatever their lifetime',
  'cache_write_lifetime_unknown',
);
export const noCache = (because: string, of?: Loss['of']): Loss =>
  lost('cache', because, 'class_not_reported', of);
export const NO_AUDIO = lost('audio', 'audio tokens are not told apart');
export const NO_USER = lost('user', 'no attribute for the user');
export const NO_CONVERSATION = lost('conversation', 'no attribute for the conversation');
/** An instrumented client library hears of nothing but its own calls. */
export const CLIENT_ONLY: readonly Loss[] = [
  lost('agents', 'a client library does not know the agent that uses it'),
  lost('tools', 'tools run outside the client library'),
  lost('conversation', 'a client library does not know the conversation'),
  lost('user', 'a client library does not know the user'),
];
export const EVERY_PROVIDER: readonly ProviderName[] = ['openai', 'anthropic', 'gemini', 'bedrock'];
export const OTEL_PROVIDERS: Readonly<Record<ProviderName, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  gemini: 'gcp.gemini',
  bedrock: 'aws.bedrock',
};

export const operationOf = (call: Call): string =>
  call.kind === 'embedding' ? 'embeddings' : 'chat';

export const genAiAsked = (call: Call): Attributes => ({
  'gen_ai.operation.name': operationOf(call),
  'gen_ai.request.model': call.model,
});

export const genAiAnswered = (call: Call): Attributes => ({
  'gen_ai.response.id': call.response_id || null,
  'gen_ai.response.model': call.response_model,
  ...(call.kind === 'chat' ? { 'gen_ai.response.finish_reasons': [providerFinish(call)] } : {}),
});

/** Input and output, every token of them. */
export const genAiTokens = ({ figures, kind }: Pick<Call, 'figures' | 'kind'>): Attributes => ({
  'gen_ai.usage.input_tokens': inputOf(figures),
  'gen_ai.usage.output_tokens': kind === 'chat' ? outputOf(figures) : null,
});

/** What was asked; and, when it was served, what was answered and, when it was sent, the usage. */
export const course = (
  call: Call,
  asked: Attributes,
  answered: Attributes,
  usage: Attributes,
): Attributes =>
  call.failed
    ? { ...asked, 'error.type': 'RateLimitError' }
    : { ...asked, ...answered, ...(call.usage_sent ? usage : {}) };

export const genAiAgent =
  (scope: string, more: (agent: Agent, around: Around) => Attributes = () => ({})) =>
  (agent: Agent, around: Around): Told =>
    one(
      over(agent, scope, `invoke_agent ${agent.name}`, {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': agent.name,
        ...more(agent, around),
      }),
    );

export const genAiTool =
  (scope: string, more: (tool: ToolUse, around: Around) => Attributes = () => ({})) =>
  (tool: ToolUse, around: Around): Told =>
    one(
      over(tool, scope, `execute_tool ${tool.name}`, {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': tool.name,
        'gen_ai.tool.call.id': tool.id,
        'error.type': tool.failed ? 'ToolError' : null,
        ...more(tool, around),
      }),
    );

/** What the own served chats of agents used that their emitter heard of. */
export function sumOf(...agents: readonly Agent[]): Figures {
  const heard = agents
    .flatMap(callsOf)
    .filter((call) => call.kind === 'chat' && !call.failed && !call.cut && call.usage_sent);
  const add = (of: (figures: Figures) => number) =>
    heard.reduce((all, call) => all + of(call.figures), 0);
  return {
    uncached: add((figures) => figures.uncached),
    read: add((figures) => figures.read),
    write_5m: add((figures) => figures.write_5m),
    write_1h: add((figures) => figures.write_1h),
    audio_in: add((figures) => figures.audio_in),
    answer: add((figures) => figures.answer),
    reasoning: add((figures) => figures.reasoning ?? 0),
    audio_out: add((figures) => figures.audio_out),
  };
}

/** The model that an agent asked last, as roots name it. */
export const modelOf = (agent: Agent): Call =>
  agent.turns.at(-1)?.calls.at(-1) ?? (callsOf(agent).at(-1) as Call);
