// The same conversations where nothing but metrics was sent: what each model used comes out as it was
// billed, told as increments or as growing sums, through restarts, repetition and lost order.

import { describe, expect, it } from 'vitest';
import { Block, decodeMetrics, readMetricPoints } from '../../src/index.ts';
import { metricSums, metricUsage } from '../../src/metric-usage.ts';
import type { Data, DataPoint, Metrics } from '../metric-writer.ts';
import { json } from '../otlp-writer.ts';
import {
  agentsOf,
  callsOf,
  conversationOf,
  type Call,
  type Figures,
  type ProviderName,
} from './conversation.ts';
import { inputOf, outputOf, uncachedOf, written } from './provider-words.ts';
import { nanoseconds, pairsOf, type Attributes } from './tape.ts';

type Way = 'delta' | 'cumulative';
type Counts = Readonly<Record<string, (figures: Figures) => number>>;

interface Meter {
  readonly emitter: string;
  readonly scope: string;
  readonly provider: ProviderName;
  readonly metric: string;
  readonly form: 'sum' | 'histogram';
  /** What tells the series of one metric apart, and what each counts. */
  readonly by: string;
  readonly counts: Counts;
  readonly attributes: (call: Call) => Attributes;
  readonly knows_cache: boolean;
  readonly ways: readonly Way[];
}

const genAi = (scope: string): Omit<Meter, 'emitter'> => ({
  scope,
  provider: 'openai',
  metric: 'gen_ai.client.token.usage',
  form: 'histogram',
  by: 'gen_ai.token.type',
  counts: { input: inputOf, output: outputOf },
  attributes: (call) => ({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': call.model,
    'gen_ai.response.model': call.response_model,
  }),
  knows_cache: false,
  ways: ['delta', 'cumulative'],
});

const METERS: readonly Meter[] = [
  { emitter: 'OpenAI client', ...genAi('opentelemetry.instrumentation.genai.openai') },
  { emitter: 'Traceloop', ...genAi('opentelemetry.instrumentation.openai.v1') },
  {
    emitter: 'Claude Code',
    scope: 'com.anthropic.claude_code',
    provider: 'anthropic',
    metric: 'claude_code.token.usage',
    form: 'sum',
    by: 'type',
    counts: {
      input: uncachedOf,
      output: outputOf,
      cacheRead: ({ read }) => read,
      cacheCreation: written,
    },
    attributes: (call) => ({ model: call.model, 'session.id': 's-1', query_source: 'main' }),
    knows_cache: true,
    ways: ['delta', 'cumulative'],
  },
];

const SEEDS = Array.from({ length: 12 }, (_, index) => index + 1);
/** A service that started again between these two calls begins its sums from nothing. */
const CALLS_UNTIL_RESTART = 3;

interface Export {
  readonly start_ms: number;
  readonly at_ms: number;
  /** By model and count. */
  readonly sums: ReadonlyMap<string, number>;
}

const keyOf = (call: Call, name: string): string => `${call.model}|${name}`;

/** One export after each call, and, of growing sums, one more that says nothing new. */
function exportsOf(calls: readonly Call[], counts: Counts, way: Way): readonly Export[] {
  const told: Export[] = [];
  let sums = new Map<string, number>();
  let start_ms = 0;
  for (const [index, call] of calls.entries()) {
    const restarts = index === CALLS_UNTIL_RESTART;
    if (restarts || way === 'delta') {
      sums = new Map();
      start_ms = (calls[index - 1]?.end_ms ?? 0) + 1;
    }
    for (const [name, count] of Object.entries(counts)) {
      const key = keyOf(call, name);
      sums.set(key, (sums.get(key) ?? 0) + count(call.figures));
    }
    told.push({ start_ms, at_ms: call.end_ms + 2, sums: new Map(sums) });
  }
  const last = told.at(-1);
  if (way === 'cumulative' && last !== undefined) told.push({ ...last, at_ms: last.at_ms + 500 });
  return told;
}

function requestOf(meter: Meter, calls: readonly Call[], one: Export, way: Way): Metrics {
  const dataPoints: DataPoint[] = [];
  for (const [key, value] of one.sums) {
    const [model, name = ''] = key.split('|');
    const call = calls.find((other) => other.model === model) as Call;
    dataPoints.push({
      attributes: pairsOf({ ...meter.attributes(call), [meter.by]: name }),
      startTimeUnixNano: nanoseconds(one.start_ms),
      timeUnixNano: nanoseconds(one.at_ms),
      ...(meter.form === 'sum' ? { asDouble: value } : { sum: value }),
    });
  }
  const data: Data = { dataPoints, aggregationTemporality: way === 'delta' ? 1 : 2 };
  const metric = { name: meter.metric, [meter.form]: data };
  const resource = { attributes: pairsOf({ 'service.name': 'told-service' }) };
  const scopeMetrics = [{ scope: { name: meter.scope }, metrics: [metric] }];
  return { resourceMetrics: [{ resource, scopeMetrics }] };
}

interface Line {
  readonly model: string;
  input: number;
  output: number;
  read: number | null;
  write: number | null;
}

function billed(calls: readonly Call[], { knows_cache }: Meter): readonly Line[] {
  const lines = new Map<string, Line>();
  const nothing = knows_cache ? 0 : null;
  for (const { model, figures } of calls) {
    const line = lines.get(model) ?? { model, input: 0, output: 0, read: nothing, write: nothing };
    line.input += inputOf(figures);
    line.output += outputOf(figures);
    if (line.read !== null) line.read += figures.read;
    if (line.write !== null) line.write += written(figures);
    lines.set(model, line);
  }
  return [...lines.values()].sort(byModel);
}

const byModel = (a: Line, b: Line): number => (a.model < b.model ? -1 : 1);

function found(requests: readonly Metrics[]): readonly Line[] {
  const block = new Block();
  for (const request of requests) decodeMetrics(json(request), block, { org_id: 'default' });
  return metricUsage(metricSums(readMetricPoints(block)))
    .map(({ model, input_total, output_total, cache_read, cache_write }) => ({
      model: model.replace(/-20\d\d.*/, ''),
      input: input_total ?? 0,
      output: output_total ?? 0,
      read: cache_read,
      write: cache_write,
    }))
    .sort(byModel);
}

const CASES = METERS.flatMap((meter) => meter.ways.map((way) => ({ ...meter, way })));

describe('told by metrics alone', () => {
  it.each(CASES)('$emitter, $way', ({ way, ...meter }) => {
    for (const seed of SEEDS) {
      const abilities = { providers: [meter.provider], embeddings: false, audio: false };
      const { root } = conversationOf(seed, abilities);
      const calls = agentsOf(root)
        .flatMap(callsOf)
        .filter((call) => !call.failed)
        .sort((a, b) => a.end_ms - b.end_ms);
      const told = exportsOf(calls, meter.counts, way);
      const requests = told.map((one) => requestOf(meter, calls, one, way));
      const want = billed(calls, meter);
      expect(found(requests), `seed ${seed}`).toEqual(want);
      expect(found([...requests, ...requests].reverse()), `seed ${seed}, twice`).toEqual(want);
    }
  });
});
