// Other coding agents: Codex in traces and in log events, Gemini CLI in four signals, GitHub Copilot.

import type { Call } from '../conversation.ts';
import { inputOf, outputOf, totalOf, written } from '../provider-words.ts';
import {
  genAiAgent,
  genAiAsked,
  genAiTokens,
  genAiTool,
  lost,
  NO_AUDIO,
  NO_USER,
  one,
  over,
  sumOf,
} from '../speech.ts';
import { isoTime, type Attributes } from '../tape.ts';
import type { Around, Teller } from '../teller.ts';

const CODEX = 'codex_exec';
const CODEX_LOGS = 'codex_otel.log_only';

const codexCommon = ({ conversation }: Around, model: string): Attributes => ({
  'conversation.id': conversation.id,
  'app.version': '0.169.0',
  model,
  slug: model,
  originator: 'codex_exec',
  'user.account_id': conversation.user,
});

export const codexLogs: Teller = {
  emitter: 'Codex, log events alone',
  versions: '0.169',
  evidence: 'captures',
  dialect: 'codex',
  providers: ['openai'],
  embeddings: false,
  audio: false,
  resource: { 'service.name': 'codex_exec', env: 'dev' },
  not_carried: [
    NO_AUDIO,
    NO_USER,
    lost('agents', 'events name no agent'),
    lost('record', 'a refused request is an event that names no call', '', { failed: true }),
    lost('response_id', 'the id is not written'),
    lost('usage', 'the provider brought no usage', 'stream_without_usage', { usage_sent: false }),
    lost('record', 'an event of usage is written only where there is usage', '', {
      usage_sent: false,
    }),
  ],
  call: (call, around) => {
    if (call.failed) return null;
    const { figures } = call;
    const event = (attributes: Attributes, at_ms: number) => ({
      scope: CODEX_LOGS,
      event_name: 'event otel/src/session_telemetry.rs:1120',
      at_ms,
      attributes: {
        ...codexCommon(around, call.model),
        'event.name': 'codex.sse_event',
        'event.timestamp': isoTime(at_ms),
        'event.kind': 'response.completed',
        ...attributes,
      },
    });
    const usage = {
      input_token_count: String(inputOf(figures)),
      output_token_count: String(outputOf(figures)),
      cached_token_count: figures.read,
      cache_write_token_count: 0,
      reasoning_token_count: figures.reasoning,
      tool_token_count: String(totalOf(figures)),
      ttft_ms: call.first_ms - call.start_ms,
    };
    const plain = event({ duration_ms: '1' }, call.end_ms - 1);
    const logs = call.usage_sent ? [plain, event(usage, call.end_ms)] : [plain];
    return { spans: [], logs, adrift: true };
  },
  tool: (tool, around) => ({
    spans: [],
    adrift: true,
    logs: [
      {
        scope: CODEX_LOGS,
        at_ms: tool.end_ms,
        attributes: {
          ...codexCommon(around, 'o3'),
          'event.name': 'codex.tool_result',
          tool_name: tool.name,
          call_id: tool.id,
          arguments: tool.arguments,
          duration_ms: '5',
          success: String(!tool.failed),
          output: tool.result,
        },
      },
    ],
  }),
};

export const codexTraces: Teller = {
  ...codexLogs,
  emitter: 'Codex, traces',
  is_agent: 'codex',
  not_carried: [
    NO_AUDIO,
    NO_USER,
    lost('tools', 'tool calls are told by events'),
    lost('record', 'a refused request has no span of its own', '', { failed: true }),
    lost('response_id', 'the id is not written'),
    lost('usage', 'the provider brought no usage', 'emitter_reports_no_usage', {
      usage_sent: false,
    }),
    lost('record', 'a span without usage is one of many internal ones', '', { usage_sent: false }),
  ],
  agent: (agent, { conversation }) => {
    const sum = sumOf(agent);
    const turn = {
      'turn.id': `turn-${agent.start_ms}`,
      'codex.turn.token_usage.input_tokens': inputOf(sum),
      'codex.turn.token_usage.output_tokens': outputOf(sum),
      'codex.turn.token_usage.cached_input_tokens': sum.read,
      'codex.turn.token_usage.total_tokens': totalOf(sum),
    };
    return {
      spans: [
        over(agent, CODEX, 'session_task.turn', turn),
        over(agent, CODEX, 'run_turn', { 'conversation.id': conversation.id }),
      ],
    };
  },
  call: (call) => {
    if (call.failed) return null;
    const usage = {
      ...genAiTokens(call),
      'gen_ai.usage.cache_read.input_tokens': call.figures.read,
      'gen_ai.usage.cache_write.input_tokens': written(call.figures),
      'codex.usage.reasoning_output_tokens': call.figures.reasoning,
      'codex.usage.total_tokens': totalOf(call.figures),
    };
    return {
      spans: [
        over(call, CODEX, 'run_sampling_request', {}),
        over(call, CODEX, 'try_run_sampling_request', { model: call.model }),
        over(call, CODEX, 'handle_responses', call.usage_sent ? usage : {}),
      ],
    };
  },
  tool: () => null,
};

const GEMINI = 'gemini-cli@v1';
export const geminiCli: Teller = {
  emitter: 'Gemini CLI, spans and log events',
  versions: '0.56',
  evidence: 'captures',
  dialect: 'gemini-cli',
  providers: ['gemini'],
  embeddings: false,
  audio: false,
  resource: { 'service.name': 'gemini-cli' },
  not_carried: [
    NO_USER,
    lost('response_id', 'the id is not written'),
    lost('agent_name', 'an agent call has no name'),
  ],
  agent: (agent, { conversation }) =>
    one(
      over(agent, GEMINI, 'agent_call', {
        'gen_ai.operation.name': 'agent_call',
        'gen_ai.conversation.id': conversation.id,
      }),
    ),
  call: (call, { conversation }) => {
    const { figures } = call;
    const asked = {
      'gen_ai.operation.name': 'llm_call',
      'gen_ai.request.model': call.model,
      'gen_ai.conversation.id': conversation.id,
    };
    const output = outputOf(figures) - (figures.reasoning ?? 0);
    const usage = {
      'gen_ai.usage.input_tokens': inputOf(figures),
      'gen_ai.usage.output_tokens': output,
    };
    const span = over(call, GEMINI, 'llm_call', call.failed ? asked : { ...asked, ...usage });
    if (call.failed) return one(span);
    const response = {
      'session.id': conversation.id,
      'event.name': 'gemini_cli.api_response',
      'event.timestamp': isoTime(call.end_ms),
      model: call.model,
      prompt_id: `p-${call.start_ms}`,
      duration_ms: call.end_ms - call.start_ms,
      status_code: 200,
      input_token_count: inputOf(figures),
      output_token_count: output,
      cached_content_token_count: figures.read,
      thoughts_token_count: figures.reasoning,
      tool_token_count: 0,
      total_token_count: totalOf(figures),
    };
    return one(span, [{ scope: GEMINI, at_ms: call.end_ms, attributes: response }]);
  },
  tool: (tool, { conversation }) =>
    one(
      over(tool, GEMINI, 'tool_call', {
        'gen_ai.operation.name': 'tool_call',
        'gen_ai.tool.name': tool.name,
        'gen_ai.tool.call_id': tool.id,
        'gen_ai.conversation.id': conversation.id,
      }),
    ),
};

const COPILOT = 'copilot-chat@0.30.0';
export const copilot: Teller = {
  emitter: 'GitHub Copilot Chat',
  versions: 'March 2026',
  evidence: 'reference',
  dialect: 'copilot',
  providers: ['openai'],
  embeddings: false,
  audio: false,
  resource: { 'service.name': 'copilot-chat' },
  not_carried: [
    NO_USER,
    lost('usage', 'the stream brought no usage', 'emitter_reports_no_usage', {
      usage_sent: false,
    }),
  ],
  agent: genAiAgent(COPILOT, (agent, { conversation }) => ({
    'gen_ai.conversation.id': conversation.id,
    'copilot_chat.session_id': conversation.id,
    'copilot_chat.turn_count': agent.turns.length,
    ...genAiTokens({ figures: sumOf(agent), kind: 'chat' }),
  })),
  call: (call: Call, { conversation }) => {
    const asked = {
      ...genAiAsked(call),
      'gen_ai.provider.name': 'openai',
      'gen_ai.conversation.id': conversation.id,
      'copilot_chat.debug_name': 'panel',
    };
    const usage = {
      ...genAiTokens(call),
      'gen_ai.usage.cache_read.input_tokens': call.figures.read,
      'gen_ai.usage.reasoning_tokens': call.figures.reasoning,
    };
    const attributes = call.failed
      ? { ...asked, 'error.type': 'RateLimited' }
      : {
          ...asked,
          'gen_ai.response.id': call.response_id,
          'gen_ai.response.model': call.response_model,
          'gen_ai.response.finish_reasons': ['stop'],
          'copilot_chat.time_to_first_token': call.first_ms - call.start_ms,
          ...(call.usage_sent ? usage : {}),
        };
    const span = over(call, COPILOT, `chat ${call.model}`, attributes, { kind: 'client' });
    if (call.failed) return one(span);
    const event_name = 'gen_ai.client.inference.operation.details';
    return one(span, [{ scope: COPILOT, event_name, at_ms: call.end_ms, attributes }]);
  },
  tool: genAiTool(COPILOT),
};
