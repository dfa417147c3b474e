// MLflow, whose values are JSON in texts, and Laminar.

import { inputOf, outputOf, totalOf, written } from '../provider-words.ts';
import { lost, NO_CONVERSATION, NO_LIFETIMES, NO_USER, one, over } from '../speech.ts';
import type { Attributes } from '../tape.ts';
import type { Around, Teller } from '../teller.ts';

const NO_CALL_ID = lost('tool_call_id', 'a tool span does not know its call');
const SILENT = lost('usage', 'the stream brought no usage', 'emitter_reports_no_usage', {
  usage_sent: false,
});

const MLFLOW = 'mlflow.openai.autolog';
const typed = (type: string): Attributes => ({
  'mlflow.spanType': JSON.stringify(type),
  'mlflow.traceRequestId': '"tr-1"',
});

export const mlflow: Teller = {
  emitter: 'MLflow',
  versions: '3.17',
  evidence: 'captures',
  dialect: 'mlflow',
  providers: ['openai', 'anthropic'],
  embeddings: false,
  audio: false,
  not_carried: [
    NO_CALL_ID,
    NO_USER,
    NO_CONVERSATION,
    NO_LIFETIMES,
    lost('reasoning', 'tokenUsage has no class for it'),
    { ...SILENT, reason: 'stream_without_usage' },
  ],
  agent: (agent) => one(over(agent, MLFLOW, agent.name, typed('AGENT'))),
  call: (call) => {
    const { figures } = call;
    const usage = {
      input_tokens: inputOf(figures),
      output_tokens: outputOf(figures),
      total_tokens: totalOf(figures),
      cache_read_input_tokens: figures.read,
      ...(call.provider === 'anthropic' ? { cache_creation_input_tokens: written(figures) } : {}),
    };
    const asked = {
      ...typed('CHAT_MODEL'),
      'mlflow.llm.model': JSON.stringify(call.model),
      'mlflow.llm.provider': JSON.stringify(call.provider),
      'mlflow.spanInputs': JSON.stringify({ model: call.model, stream: call.streaming }),
    };
    const attributes = call.failed
      ? asked
      : {
          ...asked,
          'mlflow.spanOutputs': JSON.stringify({ id: call.response_id, choices: [] }),
          'mlflow.chat.tokenUsage': call.usage_sent ? JSON.stringify(usage) : null,
        };
    return one(over(call, MLFLOW, 'Completions', attributes));
  },
  tool: (tool) => one(over(tool, MLFLOW, tool.name, typed('TOOL'))),
};

const LAMINAR = '@lmnr-ai/lmnr@0.8.46';
const associated = (type: string, { conversation }: Around): Attributes => ({
  'lmnr.span.type': type,
  'lmnr.association.properties.session_id': conversation.id,
  'lmnr.association.properties.user_id': conversation.user,
});

export const laminar: Teller = {
  emitter: 'Laminar',
  versions: 'JavaScript 0.8',
  evidence: 'reference',
  dialect: 'laminar',
  providers: ['openai', 'anthropic'],
  embeddings: false,
  audio: false,
  not_carried: [NO_CALL_ID, NO_LIFETIMES, lost('agents', 'agents are plain spans'), SILENT],
  agent: (agent, around) => one(over(agent, LAMINAR, agent.name, associated('DEFAULT', around))),
  call: (call, around) => {
    const { figures } = call;
    const input = inputOf(figures);
    const asked = {
      ...associated('LLM', around),
      'gen_ai.system': call.provider,
      'gen_ai.request.model': call.model,
    };
    const attributes = call.failed
      ? asked
      : {
          ...asked,
          'gen_ai.response.id': call.response_id,
          'gen_ai.response.model': call.response_model,
          ...(call.usage_sent
            ? {
                'gen_ai.usage.input_tokens': input,
                'gen_ai.usage.output_tokens': outputOf(figures),
                'gen_ai.usage.cache_read_input_tokens': figures.read,
                'gen_ai.usage.cache_creation_input_tokens': written(figures),
                'gen_ai.usage.reasoning_tokens': figures.reasoning,
                'llm.usage.total_tokens': input + outputOf(figures),
              }
            : {}),
        };
    return one(over(call, LAMINAR, `${call.provider}.chat`, attributes));
  },
  tool: (tool, around) =>
    one(
      over(tool, LAMINAR, tool.name, {
        ...associated('TOOL', around),
        'lmnr.span.input': tool.arguments,
        'lmnr.span.output': tool.failed ? null : tool.result,
      }),
    ),
};
