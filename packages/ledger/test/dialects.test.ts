// Dialects: what each reads from the names that its emitter writes, through the whole decoder; and
// that their order in the list is the only thing that decides between two that recognise a record.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { factsOf } from '../src/account.ts';
import { attributeNames, type Attribute, type RecordView } from '../src/dialect.ts';
import { DIALECTS } from '../src/dialects/index.ts';
import { parseRequests, type Fact } from '../src/index.ts';

type Value = string | number | boolean | readonly string[];
type Attributes = Readonly<Record<string, Value>>;

function anyValue(value: Value): unknown {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') {
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  }
  return { arrayValue: { values: value.map(anyValue) } };
}

const attributesOf = (attributes: Attributes): unknown =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));

interface Sent {
  readonly scope: string;
  readonly version?: string;
  readonly name?: string;
  readonly log?: boolean;
  readonly status?: number;
  readonly attributes: Attributes;
}

const START = '1790000000000000000';
const END = '1790000001000000000';

/** Sends one record through the decoder and reads its fact back. */
function read(sent: Sent): Fact | undefined {
  const scope = { name: sent.scope, version: sent.version ?? '' };
  const attributes = attributesOf(sent.attributes);
  const ids = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
  const span = {
    ...ids,
    name: sent.name ?? 'span',
    startTimeUnixNano: START,
    endTimeUnixNano: END,
    status: { code: sent.status ?? 0 },
    attributes,
  };
  const record = { ...ids, timeUnixNano: END, body: { stringValue: sent.name ?? '' }, attributes };
  const body = sent.log
    ? { resourceLogs: [{ scopeLogs: [{ scope, logRecords: [record] }] }] }
    : { resourceSpans: [{ scopeSpans: [{ scope, spans: [span] }] }] };
  return factsOf(parseRequests(Buffer.from(JSON.stringify(body)), 'x.json'))[0];
}

interface Case {
  readonly says: string;
  readonly sent: Sent;
  readonly fact: Partial<Fact>;
}

const OTEL = '@opentelemetry/instrumentation-openai';
const CASES: readonly Case[] = [
  {
    says: 'conventions up to 1.36',
    sent: {
      scope: OTEL,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.system': 'az.ai.openai',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.usage.prompt_tokens': 120,
        'gen_ai.usage.completion_tokens': 30,
        'gen_ai.response.finish_reasons': ['tool_calls'],
      },
    },
    fact: {
      dialect: 'otel-genai',
      kind: 'llm',
      provider: 'azure.ai.openai',
      input_tokens: 120,
      output_tokens: 30,
      finish_reasons: ['tool_call'],
      marks: ['answered'],
    },
  },
  {
    says: 'aliases of one figure are coalesced, never added',
    sent: {
      scope: 'anybody',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'strands-agents',
        'gen_ai.usage.input_tokens': 140,
        'gen_ai.usage.prompt_tokens': 140,
        'gen_ai.usage.cache_read.input_tokens': 80,
        'gen_ai.usage.cache_read_input_tokens': 80,
        'gen_ai.usage.cache_write_input_tokens': 20,
      },
    },
    fact: {
      dialect: 'otel-generic',
      provider: '',
      framework: 'strands-agents',
      input_tokens: 140,
      cache_read_tokens: 80,
      cache_write_tokens: 20,
      marks: ['not_current'],
    },
  },
  {
    says: 'what our own instrumentation writes',
    sent: {
      scope: '@spanledger/instrumentation',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'anthropic',
        'gen_ai.request.stream': true,
        'gen_ai.response.time_to_first_chunk': 0.25,
        'gen_ai.usage.cache_write.input_tokens': 20,
        'anthropic.usage.cache_creation.ephemeral_5m_input_tokens': 15,
        'anthropic.usage.cache_creation.ephemeral_1h_input_tokens': 5,
        'spanledger.attempts': 2,
        'spanledger.stream.chunks': 7,
        'spanledger.stream.aborted': true,
        'spanledger.tools.count': 3,
        'spanledger.tools.size': 900,
        'spanledger.execution.id': 'run-1',
      },
    },
    fact: {
      dialect: 'otel-genai',
      streaming: true,
      time_to_first_chunk_ns: 250_000_000,
      cache_write_tokens: 20,
      cache_write_5m_tokens: 15,
      cache_write_1h_tokens: 5,
      attempts: 2,
      chunks: 7,
      tool_definitions: 3,
      tool_definitions_bytes: 900,
      execution_id: 'run-1',
      doubts: ['stream_aborted'],
    },
  },
  {
    says: 'a model and usage and nothing else is an inferred call',
    sent: {
      scope: 'app',
      attributes: {
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.usage.input_tokens': 5,
        'operation.cost': 0.25,
      },
    },
    fact: { kind: 'llm', marks: ['inferred', 'not_current'], reported_cost_usd: 250_000_000_000n },
  },
  {
    says: 'an MCP tool call is a tool, other MCP traffic is not',
    sent: {
      scope: 'mcp',
      attributes: { 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': 'get_weather' },
    },
    fact: { kind: 'tool', tool_name: 'get_weather' },
  },
  {
    says: 'the details event without an operation is a call',
    sent: {
      scope: 'somebody',
      log: true,
      name: 'gen_ai.client.inference.operation.details',
      attributes: { 'gen_ai.usage.input_tokens': 120 },
    },
    fact: { dialect: 'otel-generic', kind: 'llm', signal: 'log', input_tokens: 120 },
  },
  {
    says: 'Anthropic’s own: the stop reason has a name of its own',
    sent: {
      scope: 'com.anthropic.sdk.python',
      attributes: { 'gen_ai.operation.name': 'chat', 'anthropic.message.stop_reason': 'end_turn' },
    },
    fact: {
      dialect: 'anthropic-native',
      kind: 'llm',
      finish_reasons: ['stop'],
      marks: ['answered'],
    },
  },
  {
    says: 'Anthropic’s own: a span without operation is no call',
    sent: {
      scope: 'com.anthropic.sdk.typescript',
      attributes: { 'gen_ai.request.model': 'claude' },
    },
    fact: { dialect: 'anthropic-native', kind: 'other' },
  },
  {
    says: 'OpenInference: the id is in the answer, the stream flag in the parameters',
    sent: {
      scope: 'openinference.instrumentation.openai',
      attributes: {
        'openinference.span.kind': 'LLM',
        'llm.model_name': 'gpt-4o-2024-08-06',
        'llm.token_count.prompt': 120,
        'llm.token_count.completion': 30,
        'llm.token_count.prompt_details.cache_read': 80,
        'llm.invocation_parameters': '{"stream": true}',
        'output.value': '{"id":"chatcmpl-7","choices":[]}',
        'llm.cost.total': 0.000669,
      },
    },
    fact: {
      dialect: 'openinference',
      kind: 'llm',
      operation: 'chat',
      response_id: 'chatcmpl-7',
      response_model: 'gpt-4o-2024-08-06',
      streaming: true,
      cache_convention: 'included',
      reported_cost_usd: 669_000_000n,
    },
  },
  {
    says: 'OpenInference: LangChain’s answer holds the id deep inside',
    sent: {
      scope: 'openinference.instrumentation.langchain',
      attributes: {
        'openinference.span.kind': 'LLM',
        'output.value': JSON.stringify({
          generations: [[{ message: { kwargs: { response_metadata: { id: 'chatcmpl-8' } } } }]],
        }),
      },
    },
    fact: { response_id: 'chatcmpl-8', marks: ['not_current', 'answered'] },
  },
  {
    says: 'OpenInference: an answer that was cut off is no JSON, and no id',
    sent: {
      scope: 'openinference.instrumentation.openai',
      attributes: { 'openinference.span.kind': 'LLM', 'output.value': '{"choices":[{"id":"x"' },
    },
    fact: { response_id: '' },
  },
  {
    says: 'OpenInference: an agent goes by its name',
    sent: { scope: 'x', name: 'planner', attributes: { 'openinference.span.kind': 'AGENT' } },
    fact: { kind: 'agent', agent_name: 'planner', operation: 'invoke_agent' },
  },
  {
    says: 'Traceloop’s flattened names',
    sent: {
      scope: 'opentelemetry.instrumentation.openai',
      version: '0.40.0',
      name: 'openai.chat',
      attributes: {
        'llm.request.type': 'chat',
        'gen_ai.system': 'OpenAI',
        'gen_ai.usage.prompt_tokens': 120,
        'gen_ai.usage.cache_read_input_tokens': 80,
        'llm.usage.total_tokens': 150,
        'llm.is_streaming': 'True',
        'gen_ai.completion.0.finish_reason': 'stop',
        'traceloop.association.properties.session_id': 's1',
      },
    },
    fact: {
      dialect: 'traceloop',
      kind: 'llm',
      operation: 'chat',
      provider: 'openai',
      total_tokens: 150,
      streaming: true,
      finish_reasons: ['stop'],
      conversation_id: 's1',
      marks: ['answered', 'not_current'],
    },
  },
  {
    says: 'Traceloop’s decorators',
    sent: {
      scope: 'traceloop.tracer',
      attributes: { 'traceloop.span.kind': 'agent', 'traceloop.entity.name': 'planner' },
    },
    fact: { dialect: 'traceloop', kind: 'agent', agent_name: 'planner' },
  },
  {
    says: 'AI SDK 6: details tell the cache, which is inside the input',
    sent: {
      scope: 'ai',
      attributes: {
        'ai.operationId': 'ai.streamText.doStream',
        'ai.model.provider': 'anthropic.messages',
        'ai.usage.inputTokens': 140,
        'ai.usage.inputTokenDetails.noCacheTokens': 40,
        'ai.usage.inputTokenDetails.cacheReadTokens': 80,
        'ai.usage.inputTokenDetails.cacheWriteTokens': 20,
        'ai.response.msToFirstChunk': 27.5,
      },
    },
    fact: {
      dialect: 'ai-sdk',
      kind: 'llm',
      provider: 'anthropic',
      streaming: true,
      input_tokens: 140,
      cache_write_tokens: 20,
      cache_convention: 'included',
      time_to_first_chunk_ns: 27_500_000,
    },
  },
  {
    says: 'AI SDK 5: the provider’s metadata tells the cache, which is outside the input',
    sent: {
      scope: 'ai',
      attributes: {
        'ai.operationId': 'ai.generateText.doGenerate',
        'ai.model.provider': 'anthropic.messages',
        'gen_ai.usage.input_tokens': 400,
        'ai.response.providerMetadata':
          '{"anthropic":{"usage":{"input_tokens":400,"cache_read_input_tokens":80}}}',
      },
    },
    fact: { input_tokens: 400, cache_read_tokens: 80, cache_convention: 'excluded' },
  },
  {
    says: 'Traceloop’s JavaScript writes that provider’s input without its cache',
    sent: {
      scope: '@traceloop/instrumentation-anthropic',
      attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 400 },
    },
    fact: { dialect: 'traceloop', cache_convention: 'excluded' },
  },
  {
    says: 'a usage object in the provider’s words fills what the attributes leave out',
    sent: {
      scope: 'app',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.usage.input_tokens': 140,
        'gen_ai.usage.raw': '{"input_tokens":40,"cache_read_input_tokens":80,"output_tokens":30}',
      },
    },
    fact: {
      input_tokens: 140,
      output_tokens: 30,
      cache_read_tokens: 80,
      cache_convention: 'unknown',
    },
  },
  {
    says: 'an input without a word about the cache, where the provider leaves it out, is a doubt',
    sent: {
      scope: 'app',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.system': 'aws.bedrock',
        'gen_ai.request.model': 'us.anthropic.claude-sonnet-4',
        'gen_ai.usage.input_tokens': 40,
      },
    },
    fact: { provider: 'aws.bedrock', doubts: ['input_may_exclude_cache'] },
  },
  {
    says: 'AI SDK: a root is an agent run, named by its function',
    sent: {
      scope: 'ai',
      attributes: {
        'operation.name': 'ai.generateText my-agent',
        'ai.telemetry.functionId': 'my-agent',
        'ai.usage.inputTokens': 280,
      },
    },
    fact: { kind: 'agent', agent_name: 'my-agent', operation: 'invoke_agent', input_tokens: 280 },
  },
  {
    says: 'AI SDK 7: the outer of two embeddings spans is a step',
    sent: { scope: 'gen_ai', attributes: { 'gen_ai.operation.name': 'embeddings' } },
    fact: { dialect: 'ai-sdk-7', kind: 'step' },
  },
  {
    says: 'Langfuse: disjoint parts',
    sent: {
      scope: 'langfuse-sdk',
      attributes: {
        'langfuse.observation.type': 'generation',
        'langfuse.observation.model.name': 'gpt-4o',
        'langfuse.observation.usage_details':
          '{"input":40,"output":20,"total":150,"input_cached_tokens":80,"output_reasoning_tokens":10}',
        'langfuse.observation.cost_details': '{"total":0.0005}',
        'langfuse.observation.completion_start_time': '"2026-09-21T13:33:20.500Z"',
      },
    },
    fact: {
      dialect: 'langfuse',
      kind: 'llm',
      input_tokens: 40,
      cache_read_tokens: 80,
      reasoning_tokens: 10,
      cache_convention: 'disjoint',
      reported_cost_usd: 500_000_000n,
    },
  },
  {
    says: 'Langfuse: a provider’s usage object under the same name',
    sent: {
      scope: 'langfuse-sdk',
      attributes: {
        'langfuse.observation.type': 'generation',
        'langfuse.observation.usage_details':
          '{"prompt_tokens":120,"completion_tokens":30,"prompt_tokens_details":{"cached_tokens":80}}',
      },
    },
    fact: {
      input_tokens: 120,
      output_tokens: 30,
      cache_read_tokens: 80,
      cache_convention: 'unknown',
    },
  },
  {
    says: 'Langfuse: usage that was cut off is a doubt, not a figure',
    sent: {
      scope: 'langfuse-sdk',
      attributes: {
        'langfuse.observation.type': 'generation',
        'langfuse.observation.usage_details': '{"input":40,"output":2',
      },
    },
    fact: { input_tokens: null, output_tokens: null, doubts: ['truncated_usage'] },
  },
  {
    says: 'Claude Code: an event whose numbers are texts',
    sent: {
      scope: 'com.anthropic.claude_code.events',
      log: true,
      name: 'claude_code.api_request',
      attributes: {
        'event.name': 'api_request',
        model: 'claude-sonnet-4-5',
        input_tokens: '40',
        output_tokens: '30',
        cache_read_tokens: '80',
        cost_usd: '0.000669',
        duration_ms: '63',
        request_id: 'req_1',
      },
    },
    fact: {
      dialect: 'claude-code',
      kind: 'llm',
      provider: 'anthropic',
      request_model: 'claude-sonnet-4-5',
      response_id: 'req_1',
      input_tokens: 40,
      cache_convention: 'excluded',
      reported_cost_usd: 669_000_000n,
      duration_ns: 63_000_000n,
      start_time: 1_790_000_000_937_000_000n,
    },
  },
  {
    says: 'Claude Code: a tool that failed',
    sent: {
      scope: 'com.anthropic.claude_code.events',
      log: true,
      name: 'claude_code.tool_result',
      attributes: { 'event.name': 'tool_result', tool_name: 'Bash', success: 'false' },
    },
    fact: { kind: 'tool', tool_name: 'Bash', status: 'error' },
  },
  {
    says: 'a span that says nothing of GenAI holds the trace together',
    sent: { scope: 'http', name: 'POST', attributes: { 'http.request.method': 'POST' } },
    fact: { dialect: 'plumbing', kind: 'other' },
  },
];

describe('a dialect reads', () => {
  it.each(CASES)('$says', ({ sent, fact }) => {
    expect(read(sent)).toMatchObject(fact);
  });

  it('no log event that says nothing of GenAI', () => {
    expect(read({ scope: 'app', log: true, name: 'hello', attributes: {} })).toBeUndefined();
    const other = { scope: 'com.anthropic.claude_code.events', log: true, attributes: {} };
    expect(read({ ...other, name: 'claude_code.user_prompt' })).toBeUndefined();
  });
});

/** What recognisers may look at, over a record as it lies in a capture. */
function viewOf(signal: RecordView['signal'], scope: string, record: Json): RecordView {
  const names = attributeNames();
  const values = new Map((record.attributes ?? []).map(({ key, value }) => [key, value]));
  const text = (attribute: Attribute): string | null =>
    values.get(names[attribute] ?? '')?.stringValue ?? null;
  const name = signal === 'span' ? record.name : record.body?.stringValue;
  return {
    signal,
    scope,
    scopeVersion: '',
    name: name ?? '',
    has: (attribute: Attribute) => values.has(names[attribute] ?? ''),
    text,
  } as unknown as RecordView;
}

interface Json {
  readonly name?: string;
  readonly body?: { readonly stringValue?: string };
  readonly attributes?: readonly {
    readonly key: string;
    readonly value: { stringValue?: string };
  }[];
}

function capturedRecords(): readonly RecordView[] {
  const folder = new URL('./fixtures/otlp/', import.meta.url);
  const files = readdirSync(folder).filter((name) => !name.includes('.truth.'));
  const views: RecordView[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const scoped = value as { scope?: { name?: string }; spans?: Json[]; logRecords?: Json[] };
    const scope = scoped.scope?.name ?? '';
    for (const span of scoped.spans ?? []) views.push(viewOf('span', scope, span));
    for (const log of scoped.logRecords ?? []) views.push(viewOf('log', scope, log));
    for (const inner of Object.values(value)) walk(inner);
  };
  for (const file of files) walk(JSON.parse(readFileSync(new URL(file, folder), 'utf8')));
  return views;
}

describe('recognition', () => {
  const last = ['otel-generic', 'plumbing'];

  it('is exclusive on every captured record, the two readers of last resort apart', () => {
    const views = capturedRecords();
    expect(views.length).toBeGreaterThan(30);
    for (const view of views) {
      const found = DIALECTS.filter((dialect) => dialect.recognises(view)).map(({ name }) => name);
      expect(found.filter((name) => !last.includes(name)).length).toBeLessThanOrEqual(1);
    }
  });

  it('looks at no value where the shape is said to be enough', () => {
    const spans = capturedRecords().filter(({ signal }) => signal === 'span');
    const dialects = DIALECTS.filter((dialect) => dialect.recognises_by === 'shape');
    for (const view of spans) {
      const { signal, scope, scopeVersion, has } = view;
      const bare = { signal, scope, scopeVersion, has } as unknown as RecordView;
      for (const dialect of dialects) {
        expect(dialect.recognises(bare)).toBe(dialect.recognises(view));
      }
    }
  });

  it('tells records of one shape in one request apart by name, value and scope', () => {
    const span = (id: string, name: string, operation: string) => ({
      ...{ traceId: 'a'.repeat(32), spanId: id.repeat(16), name },
      attributes: attributesOf({ 'gen_ai.operation.name': operation }),
    });
    const spans = [
      ...[span('1', 'a', 'chat'), span('2', 'b', 'other'), span('3', 'claude_code.tool', 'chat')],
      span('4', 'c', 'chat'),
    ];
    const scopeSpans = ['gen_ai', OTEL].map((name) => ({ scope: { name }, spans }));
    const body = JSON.stringify({ resourceSpans: [{ scopeSpans }] });
    const facts = factsOf(parseRequests(Buffer.from(body), 'x.json'));
    expect(facts.map(({ dialect }) => dialect)).toEqual([
      ...['ai-sdk-7', 'otel-generic', 'claude-code', 'ai-sdk-7'],
      ...['otel-genai', 'otel-genai', 'claude-code', 'otel-genai'],
    ]);
  });

  it('asks the readers of last resort last', () => {
    expect(DIALECTS.slice(-2).map(({ name }) => name)).toEqual(last);
  });

  it('prefers a marker that a processor put on another emitter’s span to the scope', () => {
    const rewritten = read({
      scope: OTEL,
      attributes: {
        'openinference.span.kind': 'LLM',
        'gen_ai.operation.name': 'chat',
        'gen_ai.usage.input_tokens': 120,
        'llm.token_count.prompt': 120,
      },
    });
    expect(rewritten).toMatchObject({ dialect: 'openinference', input_tokens: 120 });
  });

  it('knows Traceloop’s Python spans from OpenTelemetry’s in scopes of one form', () => {
    const scope = 'opentelemetry.instrumentation.openai_v2';
    const operation = { 'gen_ai.operation.name': 'chat' };
    expect(read({ scope, version: '2.1b0', attributes: operation })?.dialect).toBe('otel-genai');
    const total = { ...operation, 'gen_ai.usage.total_tokens': 150 };
    expect(read({ scope, attributes: total })?.dialect).toBe('traceloop');
  });

  it('names are unique', () => {
    expect(new Set(DIALECTS.map(({ name }) => name)).size).toBe(DIALECTS.length);
  });
});
