// What can happen around any emitter: streams that are left or break off, tries that its client
// repeats inside one span, and tools in another process, reached by the Model Context Protocol.

import { lost, over } from './speech.ts';
import type { Call } from './conversation.ts';
import type { SpanWords } from './tape.ts';
import type { Around, Teller, Told } from './teller.ts';
import { aiSdk6 } from './tellers/ai-sdk.ts';
import { aiSdk7 } from './tellers/ai-sdk-7.ts';
import { claudeCodeTraces } from './tellers/claude-code.ts';
import { langSmithPython, langfuseParts } from './tellers/langfuse-langsmith.ts';
import { logfireOpenAi } from './tellers/logfire.ts';
import { agentFramework } from './tellers/microsoft.ts';
import { openInferenceAnthropic, openInferenceOpenAi } from './tellers/openinference.ts';
import { openInferenceAgents } from './tellers/openinference-agents.ts';
import {
  genAiAnthropic,
  genAiLangChain,
  genAiOpenAi,
  openAiJs,
  otelCurrent,
} from './tellers/opentelemetry.ts';
import { anthropicPython, googleGenAi } from './tellers/provider-clients.ts';
import { pydanticAi2 } from './tellers/pydantic-ai.ts';
import { strandsPython } from './tellers/strands.ts';
import { traceloopPython } from './tellers/traceloop.ts';

/** A stream that ended early: its usage comes last and never came. */
function left(teller: Teller, reason: string, status?: 'error'): Teller {
  const cut = lost('usage', 'a stream that was left or broke off has no figures', reason, {
    cut: true,
  });
  return {
    ...teller,
    emitter: `${teller.emitter}, streams ${status === 'error' ? 'broken off' : 'left'}`,
    cuts: true,
    not_carried: [cut, ...teller.not_carried],
    call: (call, around) => {
      if (!call.cut) return teller.call(call, around);
      const told = teller.call({ ...call, usage_sent: false }, around);
      return status === undefined ? told : withStatus(told, status);
    },
  };
}

const withStatus = (told: Told | null, status: 'error'): Told | null =>
  told === null ? null : { ...told, spans: told.spans.map((span) => ({ ...span, status })) };

/** A client that tries again by itself: one span over all tries, the requests beneath it. */
function tryingAgain(teller: Teller): Teller {
  const tries = lost('record', 'tries of one request lie in one span', '', { failed: true });
  return {
    ...teller,
    emitter: `${teller.emitter}, tries in one span`,
    not_carried: [tries, ...teller.not_carried],
    call: (call, around) => {
      if (call.failed) return null;
      const before = refusedBefore(call, around);
      const start_ms = before[0]?.start_ms ?? call.start_ms;
      const told = teller.call({ ...call, start_ms }, around);
      const requests = [...before, call].map(request);
      return told === null ? null : { ...told, beneath: [...(told.beneath ?? []), ...requests] };
    },
  };
}

function refusedBefore(call: Call, { agent }: Around): readonly Call[] {
  const turn = agent.turns.find(({ calls }) => calls.some(({ end_ms }) => end_ms === call.end_ms));
  return (turn?.calls ?? []).filter(({ failed }) => failed);
}

const request = (call: Call): SpanWords =>
  over(call, 'opentelemetry.instrumentation.httpx@0.66b2', 'POST', {
    'http.request.method': 'POST',
    'url.full': 'https://api.example.com/v1/chat',
    'http.response.status_code': call.failed ? 429 : 200,
  }, { kind: 'client' }); // prettier-ignore

/** A tool behind a protocol: the client's span and, in another service, the server's beneath it. */
function overMcp(teller: Teller, server_names_tool: boolean): Teller {
  return {
    ...teller,
    emitter: `${teller.emitter}, tools over MCP${server_names_tool ? ', server told too' : ''}`,
    tool: (tool, around) => {
      const told = teller.tool?.(tool, around) ?? null;
      if (told === null) return null;
      const inner = { start_ms: tool.start_ms + 1, end_ms: tool.end_ms - 1 };
      const words = {
        'mcp.method.name': 'tools/call',
        'mcp.session.id': 'mcp-1',
        'gen_ai.tool.name': tool.name,
        'gen_ai.operation.name': 'execute_tool',
      };
      const name = `tools/call ${tool.name}`;
      const status = tool.failed ? ('error' as const) : ('unset' as const);
      const client = over(inner, 'mcp', name, words, { kind: 'client', status });
      const served = { kind: 'server', status, service: 'weather-server' } as const;
      const server = over(inner, 'mcp-server', name, words, served);
      return { ...told, spans: [...told.spans, client, ...(server_names_tool ? [server] : [])] };
    },
  };
}

export const CIRCUMSTANCES: readonly Teller[] = [
  left(genAiOpenAi, 'stream_without_usage'),
  left(genAiAnthropic, 'stream_without_usage'),
  left(googleGenAi, 'stream_without_usage'),
  left(openInferenceOpenAi, 'stream_without_usage'),
  left(openInferenceAnthropic, 'stream_without_usage'),
  left(traceloopPython, 'stream_without_usage'),
  left(logfireOpenAi, 'stream_without_usage'),
  left(pydanticAi2, 'emitter_reports_no_usage'),
  left(aiSdk6, 'stream_without_usage'),
  left(aiSdk7, 'stream_without_usage'),
  left(langfuseParts, 'stream_without_usage'),
  left(langSmithPython, 'emitter_reports_no_usage'),
  left(agentFramework, 'emitter_reports_no_usage'),
  left(genAiOpenAi, 'failed_after_answer', 'error'),
  left(genAiAnthropic, 'failed_after_answer', 'error'),
  left(openInferenceOpenAi, 'failed_after_answer', 'error'),
  left(traceloopPython, 'failed_after_answer', 'error'),
  left(pydanticAi2, 'failed_after_answer', 'error'),
  left(aiSdk6, 'failed_after_answer', 'error'),
  tryingAgain(genAiOpenAi),
  tryingAgain(openAiJs),
  tryingAgain(openInferenceOpenAi),
  tryingAgain(traceloopPython),
  tryingAgain(anthropicPython),
  tryingAgain(pydanticAi2),
  tryingAgain(aiSdk6),
  tryingAgain(strandsPython),
  overMcp(otelCurrent, false),
  overMcp(otelCurrent, true),
  overMcp(genAiLangChain, true),
  overMcp(pydanticAi2, true),
  overMcp(openInferenceAgents, true),
  overMcp(aiSdk7, true),
  overMcp(claudeCodeTraces, true),
  overMcp(strandsPython, true),
];
