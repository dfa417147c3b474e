// When layers stack, one span tells of a billed call: the innermost that recorded it.

import { context, type Context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { Call, setTracerProvider } from '../src/calls/call.ts';
import { LayeredCall } from '../src/calls/layered-call.ts';
import { leaveAll } from '../src/context/open-work.ts';

const exporter = new InMemorySpanExporter();
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
setTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
beforeEach(() => exporter.reset());
afterAll(() => context.disable());

const USAGE = { 'gen_ai.usage.input_tokens': 7 };
const FAILURE = { type: 'timeout', status: null, cancelled: false };

const layered = (active: Context = context.active()): LayeredCall =>
  new LayeredCall('chat', 'm', { layer: 'framework' }, active);

/** What a provider's adapter does for one HTTP call. */
function billed(within: LayeredCall): void {
  context.with(within.inner, () => {
    new Call('chat', 'm', { layer: 'provider' }).succeed(USAGE);
  });
}

const cases: [string, () => void, string[]][] = [
  ['nobody below recorded it', () => layered().succeed(USAGE), ['framework 7']],
  [
    'the provider recorded it',
    () => {
      const layer = layered();
      billed(layer);
      layer.succeed(USAGE);
    },
    ['provider 7'],
  ],
  [
    'the framework tried again',
    () => {
      const layer = layered();
      billed(layer);
      billed(layer);
      layer.succeed(USAGE);
    },
    ['provider 7', 'provider 7'],
  ],
  ['the framework had the answer', () => layered().discard(), []],
  [
    'a layer in a layer, and nobody below',
    () => {
      const outer = layered();
      const inner = new LayeredCall('chat', 'm', { layer: 'inner' }, outer.inner);
      inner.succeed(USAGE);
      outer.succeed(USAGE);
    },
    ['inner 7'],
  ],
  [
    'a layer in a layer, and the provider below',
    () => {
      const outer = layered();
      const inner = new LayeredCall('chat', 'm', { layer: 'inner' }, outer.inner);
      billed(inner);
      inner.succeed(USAGE);
      outer.succeed(USAGE);
    },
    ['provider 7'],
  ],
  [
    'two calls at once, one of them recorded below',
    () => {
      const [first, second] = [layered(), layered()];
      billed(first);
      first.succeed(USAGE);
      second.succeed(USAGE);
    },
    ['provider 7', 'framework 7'],
  ],
  ['it failed', () => layered().fail(FAILURE), ['framework timeout']],
  [
    'it ends more than once',
    () => {
      const layer = layered();
      layer.succeed(USAGE);
      layer.fail(FAILURE);
      layer.discard();
    },
    ['framework 7'],
  ],
  [
    'the process ends meanwhile',
    () => {
      layered();
      leaveAll();
    },
    ['framework unfinished'],
  ],
];

test.each(cases)('%s', (_what, run, expected) => {
  run();
  const told = exporter.getFinishedSpans().map(({ attributes }) => {
    const { layer } = attributes;
    const said = attributes['gen_ai.usage.input_tokens'] ?? attributes['error.type'];
    return `${String(layer)} ${String(said ?? 'unfinished')}`;
  });
  expect(told).toEqual(expected);
});

test('a span that is written at the end began when the call did, and knows its chunks', () => {
  const layer = layered();
  const before_ms = Date.now();
  while (Date.now() - before_ms < 20);
  layer.chunk();
  layer.chunk();
  layer.succeed(USAGE);
  const [span] = exporter.getFinishedSpans();
  expect(span?.attributes['spanledger.stream.chunks']).toBe(2);
  expect(span?.attributes['gen_ai.response.time_to_first_chunk']).toBeGreaterThan(0.015);
  expect((span?.duration[0] ?? 0) * 1e9 + (span?.duration[1] ?? 0)).toBeGreaterThan(15e6);
});
