// Two organisations that tell the same: ids of traces, spans, conversations, users and answers are
// equal, names of services and agents too. Only figures and one text differ, and attribute keys are
// chosen to break whatever takes them for more than data.

export interface Twin {
  readonly org: string;
  /** In texts of this organisation, and nowhere else. */
  readonly secret: string;
  /** Of each model call: no sum of one looks like a sum of the other. */
  readonly tokens: number;
}

export const ACME: Twin = { org: 'acme', secret: 'secret-of-acme', tokens: 9_876_543 };
export const GLOBEX: Twin = { org: 'globex', secret: 'secret-of-globex', tokens: 1_000_003 };

export const TRACE = 'a1b2'.repeat(8);
export const CONVERSATION = 'conversation-1';
export const USER = 'user-1';
/** Has a price of one organisation's own. */
export const MODEL = 'house-model';
export const CALLS = 3;

const HOSTILE_KEYS = [
  ...['__proto__', 'constructor', 'prototype', 'hasOwnProperty', '__proto__.polluted'],
  ...['a.b.c', '.', '..', "it's", 'say "so"', 'back`tick', 'back\\slash', '100%', '%s%n'],
  ...['new\nline', 'nul\0key', '${org}', '{org:String}', "') OR 1=1 --", '</filter>', '🗝'],
];

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const whole = (key: string, intValue: number) => ({
  key,
  value: { intValue: String(intValue) },
});

const spanId = (number: number): string => number.toString(16).padStart(16, '0');
export const SPAN_OF_RUN = spanId(1);

/** Resource attributes; `other` is what a sender might try to pass for its organisation. */
function resource(twin: Twin, other: string) {
  return {
    attributes: [
      text('service.name', 'desk'),
      text('spanledger.org.id', other),
      ...HOSTILE_KEYS.map((key) => text(key, twin.secret)),
    ],
  };
}

function span(twin: Twin, number: number, start_ns: bigint, attributes: unknown[]) {
  return {
    traceId: TRACE,
    spanId: spanId(number),
    ...(number === 1 ? {} : { parentSpanId: spanId(1) }),
    name: `step ${number}`,
    startTimeUnixNano: String(start_ns + BigInt(number) * 1_000_000n),
    endTimeUnixNano: String(start_ns + BigInt(number) * 2_000_000n),
    attributes: [...attributes, ...HOSTILE_KEYS.map((key) => text(key, twin.secret))],
    events: [{ timeUnixNano: String(start_ns), name: twin.secret, attributes: [] }],
    status: { code: 2, message: twin.secret },
  };
}

/** One agent run with model calls and a tool call. */
export function tracesOf(twin: Twin, other: string, start_ns: bigint): unknown {
  const who = [text('gen_ai.conversation.id', CONVERSATION), text('user.id', USER)];
  const agent = [
    ...[text('gen_ai.operation.name', 'invoke_agent'), text('gen_ai.agent.name', 'planner')],
    ...who,
  ];
  const call = (number: number) => [
    ...[text('gen_ai.operation.name', 'chat'), text('gen_ai.provider.name', 'openai')],
    ...[text('gen_ai.request.model', MODEL), text('gen_ai.response.id', `answer-${number}`)],
    ...[whole('gen_ai.usage.input_tokens', twin.tokens), whole('gen_ai.usage.output_tokens', 1)],
    text('gen_ai.input.messages', `[{"role":"user","content":"${twin.secret}"}]`),
    ...who,
  ];
  const tool = [
    text('gen_ai.operation.name', 'execute_tool'),
    text('gen_ai.tool.name', `tool ${twin.secret}`),
  ];
  const numbers = Array.from({ length: CALLS }, (_, index) => index + 2);
  const spans = [
    span(twin, 1, start_ns, agent),
    ...numbers.map((number) => span(twin, number, start_ns, call(number))),
    span(twin, CALLS + 2, start_ns, tool),
  ];
  const scopeSpans = [{ scope: { name: 'twins' }, spans }];
  return { resourceSpans: [{ resource: resource(twin, other), scopeSpans }] };
}

/** A log event of a call in no trace. */
export function logsOf(twin: Twin, other: string, start_ns: bigint): unknown {
  const record = {
    timeUnixNano: String(start_ns),
    body: { stringValue: 'claude_code.api_request' },
    attributes: [
      ...[text('event.name', 'api_request'), text('model', 'claude-sonnet-4-5')],
      ...[text('session.id', CONVERSATION), whole('input_tokens', twin.tokens)],
      ...[whole('output_tokens', 2), text('prompt', twin.secret)],
      ...HOSTILE_KEYS.map((key) => text(key, twin.secret)),
    ],
  };
  const scope = { name: 'com.anthropic.claude_code.events', version: '2' };
  const scopeLogs = [{ scope, logRecords: [record] }];
  return { resourceLogs: [{ resource: resource(twin, other), scopeLogs }] };
}

/** A service that tells its tokens by metrics only. */
export function metricsOf(twin: Twin, other: string, start_ns: bigint): unknown {
  const attributes = [
    ...[text('gen_ai.token.type', 'input'), text('gen_ai.request.model', MODEL)],
    ...[text('gen_ai.provider.name', 'openai'), text('secret', twin.secret)],
  ];
  const point = {
    attributes,
    startTimeUnixNano: String(start_ns - 1_000_000_000n),
    ...{ timeUnixNano: String(start_ns), count: '1', sum: twin.tokens },
  };
  const histogram = { aggregationTemporality: 2, dataPoints: [point] };
  const metrics = [{ name: 'gen_ai.client.token.usage', histogram }];
  const own = { attributes: [text('service.name', 'meter'), text('spanledger.org.id', other)] };
  const scopeMetrics = [{ scope: { name: 'twins' }, metrics }];
  return { resourceMetrics: [{ resource: own, scopeMetrics }] };
}
