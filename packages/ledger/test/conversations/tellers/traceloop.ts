// Traceloop (OpenLLMetry): client instrumentations, and decorators for workflows, agents and tools;
// the cache lies inside the input in Python and beside it in JavaScript.

import type { Call } from '../conversation.ts';
import { finishOf, inputOf, outputOf, totalOf, uncachedOf, written } from '../provider-words.ts';
import { CLIENT_ONLY, course, lost, NO_LIFETIMES, noCache, one, over } from '../speech.ts';
import type { Attributes } from '../tape.ts';
import type { Around, Teller } from '../teller.ts';

const FINISH = { stop: 'stop', asks: 'tool_call' };

const association = ({ conversation }: Around): Attributes => ({
  'traceloop.association.properties.user_id': conversation.user,
  'traceloop.association.properties.session_id': conversation.id,
});

const answered = (call: Call): Attributes => ({
  'gen_ai.response.id': call.response_id || null,
  'gen_ai.response.model': call.response_model,
  'gen_ai.response.finish_reasons': call.kind === 'chat' ? [finishOf(call, FINISH)] : null,
});

const decorated = (name: 'agent' | 'tool', what: string, around: Around): Attributes => ({
  ...association(around),
  'traceloop.span.kind': name,
  'traceloop.entity.name': what,
  'traceloop.workflow.name': 'weather_flow',
});

const silent = lost(
  'usage',
  'a stream without include_usage has no figures',
  'stream_without_usage',
  { usage_sent: false },
);

export const traceloopPython: Teller = {
  emitter: 'Traceloop, OpenAI and Anthropic clients (Python)',
  versions: '0.62',
  evidence: 'captures',
  dialect: 'traceloop',
  providers: ['openai'],
  embeddings: true,
  audio: false,
  not_carried: [silent, lost('tool_call_id', 'a decorated tool does not know its call')],
  agent: (agent, around) =>
    one(
      over(agent, 'traceloop.tracer', `${agent.name}.agent`, {
        ...decorated('agent', agent.name, around),
        'gen_ai.agent.name': agent.name,
      }),
    ),
  call: (call, around) => {
    const embeds = call.kind === 'embedding';
    const asked = {
      ...association(around),
      'gen_ai.operation.name': embeds ? 'embeddings' : 'chat',
      'gen_ai.agent.name': around.agent.name,
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': call.model,
      'gen_ai.is_streaming': call.streaming,
    };
    const usage = {
      'gen_ai.usage.input_tokens': inputOf(call.figures),
      'gen_ai.usage.output_tokens': embeds ? null : outputOf(call.figures),
      'gen_ai.usage.total_tokens': totalOf(call.figures),
      'gen_ai.usage.cache_read.input_tokens': call.figures.read,
      'gen_ai.usage.reasoning_tokens': call.figures.reasoning,
    };
    const scope = 'opentelemetry.instrumentation.openai.v1@0.62.4';
    const name = embeds ? 'openai.embeddings' : 'openai.chat';
    const attributes = course(call, asked, answered(call), usage);
    return one(over(call, scope, name, attributes, { kind: 'client' }));
  },
  tool: (tool, around) =>
    one(
      over(tool, 'traceloop.tracer', `${tool.name}.tool`, {
        ...decorated('tool', tool.name, around),
        'gen_ai.tool.name': tool.name,
        'traceloop.entity.input': tool.arguments,
        'traceloop.entity.output': tool.failed ? null : tool.result,
      }),
    ),
};

export const traceloopAnthropic: Teller = {
  ...traceloopPython,
  emitter: 'Traceloop, Anthropic client (Python)',
  providers: ['anthropic'],
  embeddings: false,
  not_carried: [NO_LIFETIMES, lost('tool_call_id', 'a decorated tool does not know its call')],
  call: (call, around) => {
    const { figures, streaming } = call;
    // A stream adds the count of its opening event, which is at least one.
    const output = outputOf(figures) + (streaming ? 1 : 0);
    const asked = {
      ...association(around),
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': call.model,
      'gen_ai.is_streaming': streaming || null,
    };
    const usage = {
      'gen_ai.usage.input_tokens': inputOf(figures),
      'gen_ai.usage.output_tokens': output,
      'gen_ai.usage.total_tokens': inputOf(figures) + output,
      'gen_ai.usage.cache_read.input_tokens': figures.read,
      'gen_ai.usage.cache_creation.input_tokens': written(figures),
    };
    const scope = 'opentelemetry.instrumentation.anthropic@0.62.4';
    const attributes = course(call, asked, answered(call), usage);
    return one(over(call, scope, 'anthropic.chat', attributes, { kind: 'client' }));
  },
};

const oldUsage = ({ figures, kind }: Call): Attributes => ({
  'gen_ai.usage.prompt_tokens': inputOf(figures),
  'gen_ai.usage.completion_tokens': kind === 'chat' ? outputOf(figures) : null,
  'llm.usage.total_tokens': totalOf(figures),
  'gen_ai.usage.cache_read_input_tokens': figures.read,
  'llm.usage.reasoning_tokens': figures.reasoning,
});

export const traceloopLegacyPython: Teller = {
  ...traceloopPython,
  emitter: 'Traceloop before its move to the conventions (Python)',
  versions: '0.40',
  providers: ['openai'],
  not_carried: [
    lost('usage', 'a stream has no figures, asked for or not', 'stream_without_usage', {
      streaming: true,
    }),
    lost('tool_call_id', 'a decorated tool does not know its call'),
  ],
  agent: (agent, around) =>
    one(
      over(
        agent,
        'traceloop.tracer',
        `${agent.name}.agent`,
        decorated('agent', agent.name, around),
      ),
    ),
  call: (call, around) => {
    const asked = {
      ...association(around),
      'gen_ai.system': 'OpenAI',
      'llm.request.type': call.kind === 'chat' ? 'chat' : 'embedding',
      'gen_ai.request.model': call.model,
      'llm.is_streaming': call.streaming,
      'gen_ai.prompt.0.role': 'user',
    };
    const usage = call.streaming ? {} : oldUsage(call);
    const attributes = course(call, asked, answered(call), usage);
    const name = call.kind === 'chat' ? 'openai.chat' : 'openai.embeddings';
    return one(
      over(call, 'opentelemetry.instrumentation.openai.v1@0.40.14', name, attributes, {
        kind: 'client',
      }),
    );
  },
};

export const traceloopJsAnthropic: Teller = {
  emitter: 'Traceloop, Anthropic client (JavaScript)',
  versions: '0.27',
  evidence: 'captures',
  dialect: 'traceloop',
  providers: ['anthropic'],
  embeddings: false,
  audio: false,
  not_carried: [...CLIENT_ONLY, NO_LIFETIMES, lost('response_id', 'the id is not written')],
  call: (call) => {
    const { figures } = call;
    const asked = {
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': call.model,
    };
    const usage = {
      'gen_ai.usage.total_tokens': uncachedOf(figures) + outputOf(figures),
      'gen_ai.usage.output_tokens': outputOf(figures),
      'gen_ai.usage.input_tokens': uncachedOf(figures),
      'gen_ai.usage.cache_creation.input_tokens': written(figures),
      'gen_ai.usage.cache_read.input_tokens': figures.read,
    };
    const finish = {
      'gen_ai.response.model': call.response_model,
      'gen_ai.response.finish_reasons': call.streaming ? null : [finishOf(call, FINISH)],
    };
    const attributes = course(call, asked, finish, usage);
    const scope = '@traceloop/instrumentation-anthropic@0.27.0';
    return one(over(call, scope, `chat ${call.model}`, attributes, { kind: 'client' }));
  },
};

export const traceloopJsOpenAi: Teller = {
  ...traceloopJsAnthropic,
  emitter: 'Traceloop, OpenAI client (JavaScript)',
  providers: ['openai'],
  not_carried: [
    ...CLIENT_ONLY,
    lost('record', 'a refused call has no span', '', { failed: true }),
    lost('usage', 'a stream has no figures, asked for or not', 'emitter_reports_no_usage', {
      streaming: true,
    }),
    noCache('cached tokens are not reported'),
    lost('reasoning', 'reasoning is not reported'),
  ],
  call: (call) => {
    if (call.failed) return null;
    const asked = {
      'gen_ai.provider.name': 'openai',
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': call.model,
    };
    const usage = {
      'gen_ai.usage.input_tokens': inputOf(call.figures),
      'gen_ai.usage.output_tokens': outputOf(call.figures),
      'gen_ai.usage.total_tokens': totalOf(call.figures),
    };
    const attributes = course(call, asked, answered(call), call.streaming ? {} : usage);
    const scope = '@traceloop/instrumentation-openai@0.27.0';
    return one(over(call, scope, `chat ${call.model}`, attributes, { kind: 'client' }));
  },
};

export const traceloopJsLegacy: Teller = {
  ...traceloopJsOpenAi,
  emitter: 'Traceloop before its move to the conventions (JavaScript)',
  versions: '0.22',
  evidence: 'reference',
  call: (call) => {
    if (call.failed) return null;
    const asked = {
      'gen_ai.system': 'OpenAI',
      'llm.request.type': 'chat',
      'gen_ai.request.model': call.model,
      'gen_ai.prompt.0.role': 'user',
    };
    const usage = {
      'gen_ai.usage.prompt_tokens': inputOf(call.figures),
      'gen_ai.usage.completion_tokens': outputOf(call.figures),
      'llm.usage.total_tokens': totalOf(call.figures),
    };
    const finish = {
      'gen_ai.response.id': call.response_id,
      'gen_ai.response.model': call.response_model,
      'gen_ai.completion.0.finish_reason': finishOf(call, FINISH),
    };
    const attributes = course(call, asked, finish, call.streaming ? {} : usage);
    const scope = '@traceloop/instrumentation-openai@0.22.0';
    return one(over(call, scope, 'openai.chat', attributes, { kind: 'client' }));
  },
};
