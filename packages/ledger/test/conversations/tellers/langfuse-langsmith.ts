// Langfuse in both shapes of its usage, and LangSmith in JavaScript and Python.

import type { Call, Figures } from '../conversation.ts';
import { inputOf, openAiUsage, outputOf, totalOf, written } from '../provider-words.ts';
import { lost, NO_USER, one, over, sumOf } from '../speech.ts';
import { isoTime, type Attributes } from '../tape.ts';
import type { Around, Teller } from '../teller.ts';

const NO_CALL_ID = lost('tool_call_id', 'a tool span does not know its call');
const silent = (reason: string) =>
  lost('usage', 'the stream brought no usage', reason, { usage_sent: false });

const LANGFUSE = 'langfuse-sdk@5.11.1';
const who = ({ conversation }: Around): Attributes => ({
  'user.id': conversation.user,
  'session.id': conversation.id,
});

const parts = (figures: Figures): object => ({
  input: figures.uncached,
  output: figures.answer,
  total: totalOf(figures),
  input_cached_tokens: figures.read,
  input_cache_creation: written(figures),
  input_audio_tokens: figures.audio_in,
  output_reasoning_tokens: figures.reasoning ?? 0,
  output_audio_tokens: figures.audio_out,
});

function langfuse(usage: (figures: Figures) => object): Teller['call'] {
  return (call, around) => {
    const embeds = call.kind === 'embedding';
    const asked = {
      ...who(around),
      'langfuse.observation.type': embeds ? 'embedding' : 'generation',
      'langfuse.observation.model.name': call.failed ? call.model : call.response_model,
      'langfuse.observation.model.parameters': JSON.stringify({ stream: call.streaming }),
      'langfuse.observation.input': '{"messages":[]}',
    };
    const details = embeds ? { input: inputOf(call.figures) } : usage(call.figures);
    const attributes = call.failed
      ? { ...asked, 'langfuse.observation.level': 'ERROR' }
      : {
          ...asked,
          'langfuse.observation.output': 'Hello',
          'langfuse.observation.completion_start_time': call.streaming
            ? JSON.stringify(isoTime(call.first_ms))
            : null,
          ...(call.usage_sent
            ? { 'langfuse.observation.usage_details': JSON.stringify(details) }
            : {}),
        };
    return one(over(call, LANGFUSE, 'OpenAI-generation', attributes));
  };
}

export const langfuseParts: Teller = {
  emitter: 'Langfuse SDK, usage in parts',
  versions: 'JavaScript 5.11, Python 5.0 with LangChain',
  evidence: 'captures',
  dialect: 'langfuse',
  providers: ['openai'],
  embeddings: true,
  audio: true,
  not_carried: [
    NO_CALL_ID,
    lost('response_id', 'the id is not written'),
    lost('provider', 'the provider is not written'),
    silent('stream_without_usage'),
  ],
  agent: (agent, around) =>
    one(
      over(agent, LANGFUSE, agent.name, { ...who(around), 'langfuse.observation.type': 'agent' }),
    ),
  call: langfuse(parts),
  tool: (tool, around) =>
    one(
      over(tool, LANGFUSE, tool.name, {
        ...who(around),
        'langfuse.observation.type': 'tool',
        'langfuse.observation.input': tool.arguments,
        'langfuse.observation.output': tool.failed ? null : tool.result,
        'langfuse.observation.level': tool.failed ? 'ERROR' : null,
      }),
    ),
};

export const langfuseOpenAi: Teller = {
  ...langfuseParts,
  emitter: "Langfuse SDK, usage in OpenAI's words",
  versions: 'Python 3.15 and 5.0 with langfuse.openai',
  call: langfuse(openAiUsage),
};

const LANGSMITH = 'langsmith@0.10.5';
const thread = ({ conversation }: Around): Attributes => ({
  'langsmith.traceable': 'true',
  'langsmith.metadata.thread_id': conversation.id,
  'langsmith.trace.session_name': 'default',
});

function langSmith(details: (call: Call) => Attributes, finish: (call: Call) => Attributes) {
  return ((call, around) => {
    const asked = {
      ...thread(around),
      'langsmith.span.kind': 'llm',
      'gen_ai.operation.name': 'chat',
      'gen_ai.system': 'openai',
      'gen_ai.request.model': call.model,
    };
    const usage = {
      'gen_ai.usage.input_tokens': inputOf(call.figures),
      'gen_ai.usage.output_tokens': outputOf(call.figures),
      'gen_ai.usage.total_tokens': totalOf(call.figures),
      ...details(call),
    };
    const attributes = call.failed
      ? asked
      : {
          ...asked,
          'gen_ai.response.id': call.response_id,
          'gen_ai.response.model': call.response_model,
          'gen_ai.completion': '{"choices":[]}',
          ...finish(call),
          ...(call.usage_sent ? usage : {}),
        };
    return one(over(call, LANGSMITH, 'ChatOpenAI', attributes));
  }) satisfies Teller['call'];
}

const inputDetails = ({ figures }: Call) => ({
  audio: figures.audio_in,
  cache_read: figures.read,
});
const outputDetails = ({ figures }: Call) => ({
  audio: figures.audio_out,
  reasoning: figures.reasoning ?? 0,
});
const repr = (details: object): string =>
  `{${Object.entries(details)
    .map(([key, value]) => `'${key}': ${value}`)
    .join(', ')}}`;

export const langSmithJs: Teller = {
  emitter: 'LangSmith (JavaScript)',
  versions: '0.10',
  evidence: 'captures',
  dialect: 'langsmith',
  providers: ['openai'],
  embeddings: false,
  audio: true,
  not_carried: [
    NO_CALL_ID,
    NO_USER,
    lost('agents', 'agents are chains among chains'),
    silent('emitter_reports_no_usage'),
  ],
  agent: (agent, around) =>
    one(
      over(agent, LANGSMITH, agent.name, {
        ...thread(around),
        'langsmith.span.kind': 'chain',
        'gen_ai.operation.name': 'chain',
        'gen_ai.system': 'langchain',
        'gen_ai.usage.input_tokens': inputOf(sumOf(agent)),
        'gen_ai.usage.output_tokens': outputOf(sumOf(agent)),
      }),
    ),
  call: langSmith(
    (call) => ({
      'gen_ai.usage.input_token_details': JSON.stringify(inputDetails(call)),
      'gen_ai.usage.output_token_details': JSON.stringify(outputDetails(call)),
    }),
    (call) => ({
      'gen_ai.response.finish_reasons': call.asks_for.length > 0 ? 'tool_calls' : 'stop',
    }),
  ),
  tool: (tool, around) =>
    one(
      over(tool, LANGSMITH, tool.name, {
        ...thread(around),
        'langsmith.span.kind': 'tool',
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.system': 'langchain',
        'gen_ai.tool.name': tool.name,
      }),
    ),
};

export const langSmithPython: Teller = {
  ...langSmithJs,
  emitter: 'LangSmith (Python)',
  versions: '0.14',
  call: langSmith(
    (call) => ({
      'gen_ai.usage.input_token_details': repr(inputDetails(call)),
      'gen_ai.usage.output_token_details': repr(outputDetails(call)),
    }),
    (call) => ({
      'gen_ai.response.finish_reasons': [call.asks_for.length > 0 ? 'tool_calls' : 'stop'],
    }),
  ),
};
