// Model calls, tool calls and runs of agents as OTLP, for tests of answers: what matters is said, the rest
// is the same for all.

import { randomBytes } from 'node:crypto';

export interface Told {
  readonly kind?: 'call' | 'tool' | 'agent';
  readonly agent?: string;
  readonly user?: string;
  readonly model?: string;
  readonly tool?: string;
  readonly conversation?: string;
  readonly input?: number;
  readonly output?: number;
  /** Minutes before now that it began. */
  readonly ago_min?: number;
  readonly duration_ms?: number;
  readonly failed?: boolean;
  /** Records with the same word lie in one trace, beneath its first. */
  readonly trace?: string;
  readonly more?: Readonly<Record<string, string | number>>;
}

const OPERATIONS = { call: 'chat', tool: 'execute_tool', agent: 'invoke_agent' } as const;

/** One request of a service. */
export function tracesOf(list: readonly Told[], now_ms: number = Date.now()): unknown {
  const traces = new Map<string, { id: string; first: string }>();
  const spans = list.map((told) => {
    const spanId = randomBytes(8).toString('hex');
    const known = told.trace === undefined ? undefined : traces.get(told.trace);
    const traceId = known?.id ?? randomBytes(16).toString('hex');
    if (told.trace !== undefined && known === undefined) {
      traces.set(told.trace, { id: traceId, first: spanId });
    }
    return spanOf(told, now_ms, { traceId, spanId, parentSpanId: known?.first ?? '' });
  });
  const resource = { attributes: [attribute('service.name', 'desk')] };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'desk' }, spans }] }] };
}

interface Ids {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
}

function spanOf(told: Told, now_ms: number, ids: Ids): unknown {
  const { kind = 'call', ago_min = 2, duration_ms = 500, failed = false } = told;
  const start_ns = BigInt(Math.floor(now_ms - ago_min * 60_000)) * 1_000_000n;
  const attributes = Object.entries({
    'gen_ai.operation.name': OPERATIONS[kind],
    'gen_ai.agent.name': told.agent,
    'gen_ai.tool.name': told.tool,
    'gen_ai.conversation.id': told.conversation,
    'user.id': told.user,
    ...(kind === 'call' ? callAttributes(told, ids.spanId) : {}),
    ...(failed ? { 'error.type': 'RateLimitError' } : {}),
    ...told.more,
  }).flatMap(([key, value]) => (value === undefined ? [] : [attribute(key, value)]));
  return {
    ...ids,
    name: kind,
    kind: kind === 'call' ? 3 : 1,
    startTimeUnixNano: String(start_ns),
    endTimeUnixNano: String(start_ns + BigInt(duration_ms) * 1_000_000n),
    attributes,
    status: failed ? { code: 2 } : {},
  };
}

function callAttributes({ model = 'house-model', input, output }: Told, id: string) {
  return {
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': model,
    'gen_ai.response.id': `answer-${id}`,
    'gen_ai.usage.input_tokens': input,
    'gen_ai.usage.output_tokens': output,
  };
}

function attribute(key: string, value: string | number): unknown {
  return {
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  };
}
