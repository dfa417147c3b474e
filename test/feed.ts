// A seeded load of agent traces with its truth: realistic spans (about 26 attributes, 1 KB, eight
// spans a trace) in the bytes that the official SDK's serializer writes, and what they sum to.

import { SpanKind, SpanStatusCode, type Attributes, type HrTime } from '@opentelemetry/api';
import type { InstrumentationScope } from '@opentelemetry/core';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

export interface FeedOptions {
  readonly seed: number;
  readonly traces: number;
  readonly spansPerRequest: number;
  /** Nanoseconds since 1970 of the first trace; the others follow at `traceEvery_ns`. */
  readonly start_ns: bigint;
  readonly traceEvery_ns?: bigint;
  readonly encoding?: 'protobuf' | 'json';
}

/** What every correct ledger must say of a feed once all of it has arrived. */
export interface FeedTruth {
  spans: number;
  traces: number;
  runs: number;
  calls: number;
  tools: number;
  input_uncached: number;
  cache_read: number;
  cache_write: number;
  output: number;
  reasoning: number;
}

export interface FeedRequest {
  readonly body: Uint8Array;
  readonly spans: number;
}

const MODELS = ['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4-5', 'claude-haiku-4-5', 'o3'];
const AGENTS = ['planner', 'writer', 'researcher', 'reviewer', 'router'];
const TOOLS = ['search', 'get_weather', 'read_file', 'run_sql', 'send_mail', 'calendar'];
const WORDS =
  'the agent reads a report and writes one short answer for each open question of the user before it calls next tool with new data from last month'.split(
    ' ',
  );
const NS_PER_MS = 1_000_000n;
const TEXT_EVERY_SPANS = 5;

/** A small, fast, seeded generator (mulberry32): the same seed gives the same bytes anywhere. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export function emptyTruth(): FeedTruth {
  return {
    spans: 0,
    traces: 0,
    runs: 0,
    calls: 0,
    tools: 0,
    input_uncached: 0,
    cache_read: 0,
    cache_write: 0,
    output: 0,
    reasoning: 0,
  };
}

/** The requests of a feed, made one at a time, and the truth so far in `truth`. */
export function* feed(options: FeedOptions, truth: FeedTruth): Generator<FeedRequest> {
  const random = seededRandom(options.seed);
  const every = options.traceEvery_ns ?? 2n * NS_PER_MS;
  const serializer = options.encoding === 'json' ? JsonTraceSerializer : ProtobufTraceSerializer;
  let waiting: ReadableSpan[] = [];
  const flush = (): FeedRequest => {
    const spans = waiting.length;
    const body = serializer.serializeRequest(waiting);
    waiting = [];
    if (!body) throw new Error('cannot serialise feed request');
    return { body, spans };
  };
  for (let index = 0; index < options.traces; index++) {
    for (const span of trace(random, options.start_ns + BigInt(index) * every, truth)) {
      waiting.push(span);
      if (waiting.length === options.spansPerRequest) yield flush();
    }
  }
  if (waiting.length > 0) yield flush();
}

const scope: InstrumentationScope = { name: 'feed', version: '1.0.0' };

const resources: Resource[] = ['support', 'sales', 'billing'].map((service) =>
  resourceFromAttributes({
    'service.name': service,
    'service.version': '1.4.2',
    'service.namespace': 'agents',
    'deployment.environment.name': 'production',
    'host.name': `${service}-7d9f8b6c5d-x2x4z`,
    'process.pid': 4711,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': '22.23.0',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.name': 'opentelemetry',
  }),
);

function hex(random: () => number, digits: number): string {
  let text = '';
  while (text.length < digits)
    text += ((random() * 0x1_0000_0000) >>> 0).toString(16).padStart(8, '0');
  return text.slice(0, digits);
}

function pick<T>(random: () => number, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T;
}

function words(random: () => number, bytes: number): string {
  let text = '';
  while (text.length < bytes) text += `${pick(random, WORDS)} `;
  return text.slice(0, bytes);
}

function hrTime(ns: bigint): HrTime {
  return [Number(ns / 1_000_000_000n), Number(ns % 1_000_000_000n)];
}

interface SpanPlan {
  name: string;
  kind: SpanKind;
  parent: string | null;
  start_ns: bigint;
  duration_ns: bigint;
  attributes: Attributes;
  failed: boolean;
}

function readable(
  traceId: string,
  spanId: string,
  resource: Resource,
  plan: SpanPlan,
): ReadableSpan {
  const context = { traceId, spanId, traceFlags: 1 };
  return {
    name: plan.name,
    kind: plan.kind,
    spanContext: () => context,
    ...(plan.parent === null
      ? {}
      : { parentSpanContext: { traceId, spanId: plan.parent, traceFlags: 1 } }),
    startTime: hrTime(plan.start_ns),
    endTime: hrTime(plan.start_ns + plan.duration_ns),
    status: plan.failed
      ? { code: SpanStatusCode.ERROR, message: 'upstream failed' }
      : { code: SpanStatusCode.UNSET },
    attributes: plan.attributes,
    links: [],
    events: [],
    duration: hrTime(plan.duration_ns),
    ended: true,
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** One agent run with four model calls and three tool calls; children come before their parent. */
function trace(random: () => number, start_ns: bigint, truth: FeedTruth): ReadableSpan[] {
  const traceId = hex(random, 32);
  const root = hex(random, 16);
  const resource = pick(random, resources);
  const agent = pick(random, AGENTS);
  const base: Attributes = {
    'gen_ai.conversation.id': `conversation-${Math.floor(random() * 20_000)}`,
    'user.id': `user-${Math.floor(random() * 5_000)}`,
    'session.id': hex(random, 12),
    'app.release': '2026.11.3',
    'app.region': pick(random, ['eu-west-1', 'us-east-1']),
    'app.plan': pick(random, ['free', 'pro', 'enterprise']),
    'feature.flag.fast_path': random() < 0.5,
  };
  const spans: ReadableSpan[] = [];
  let clock = start_ns;
  for (let step = 0; step < 7; step++) {
    const plan =
      step % 2 === 0 ? call(random, base, agent, truth) : tool(random, base, agent, truth);
    const text =
      (truth.spans + step) % TEXT_EVERY_SPANS === 0 ? { 'app.note': words(random, 300) } : {};
    const attributes = { ...plan.attributes, ...text };
    spans.push(
      readable(traceId, hex(random, 16), resource, {
        ...plan,
        attributes,
        parent: root,
        start_ns: clock,
      }),
    );
    clock += plan.duration_ns + NS_PER_MS;
  }
  truth.spans += 8;
  truth.traces += 1;
  truth.runs += 1;
  spans.push(
    readable(traceId, root, resource, {
      name: `invoke_agent ${agent}`,
      kind: SpanKind.INTERNAL,
      parent: null,
      start_ns,
      duration_ns: clock - start_ns,
      attributes: {
        ...base,
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': agent,
        'gen_ai.agent.id': `agent-${agent}`,
        'gen_ai.provider.name': 'openai',
      },
      failed: false,
    }),
  );
  return spans;
}

type Work = Omit<SpanPlan, 'parent' | 'start_ns'>;

function call(random: () => number, base: Attributes, agent: string, truth: FeedTruth): Work {
  const model = pick(random, MODELS);
  const uncached = 50 + Math.floor(random() * 900);
  const cacheRead = Math.floor(random() * 4000);
  const cacheWrite = model.startsWith('claude') ? Math.floor(random() * 500) : 0;
  const output = 10 + Math.floor(random() * 400);
  const reasoning = model === 'o3' ? Math.floor(random() * 300) : 0;
  truth.calls += 1;
  truth.input_uncached += uncached;
  truth.cache_read += cacheRead;
  truth.cache_write += cacheWrite;
  truth.output += output;
  truth.reasoning += reasoning;
  return {
    name: `chat ${model}`,
    kind: SpanKind.CLIENT,
    duration_ns: BigInt(200 + Math.floor(random() * 4000)) * NS_PER_MS,
    failed: false,
    attributes: {
      ...base,
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': model.startsWith('claude') ? 'anthropic' : 'openai',
      'gen_ai.request.model': model,
      'gen_ai.request.max_tokens': 1024,
      'gen_ai.request.temperature': Math.round(random() * 100) / 100,
      'gen_ai.request.stream': random() < 0.5,
      'gen_ai.response.id': `resp-${hex(random, 24)}`,
      'gen_ai.response.model': model,
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.response.time_to_first_chunk': Math.round(random() * 1000) / 1000,
      'gen_ai.usage.input_tokens': uncached + cacheRead + cacheWrite,
      'gen_ai.usage.cache_read.input_tokens': cacheRead,
      'gen_ai.usage.cache_write.input_tokens': cacheWrite,
      'gen_ai.usage.output_tokens': output + reasoning,
      'gen_ai.usage.reasoning.output_tokens': reasoning,
      'gen_ai.agent.name': agent,
      'server.address': 'api.example.com',
      'server.port': 443,
    },
  };
}

function tool(random: () => number, base: Attributes, agent: string, truth: FeedTruth): Work {
  const name = pick(random, TOOLS);
  truth.tools += 1;
  return {
    name: `execute_tool ${name}`,
    kind: SpanKind.INTERNAL,
    duration_ns: BigInt(5 + Math.floor(random() * 800)) * NS_PER_MS,
    failed: random() < 0.02,
    attributes: {
      ...base,
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': name,
      'gen_ai.tool.type': 'function',
      'gen_ai.tool.call.id': `call_${hex(random, 24)}`,
      'gen_ai.agent.name': agent,
      'app.tool.retries': Math.floor(random() * 3),
      'app.tool.cache_hit': random() < 0.3,
      'app.tool.rows': Math.floor(random() * 10_000),
      'app.tool.source': 'internal',
      'app.tool.version': '3.1.0',
      'code.function.name': `tools.${name}`,
      'code.file.path': `src/tools/${name}.ts`,
      'thread.id': Math.floor(random() * 8),
    },
  };
}
