// A few calls told again and again in a small world, so that their records collide all the time: in
// traces, scopes, times, figures, ids and conversations.

import fc from 'fast-check';
import type { Fact, Mark } from '@spanledger/ledger';
import { NOON_NS, fact, hex, traceId } from './samples.ts';

const TICK_NS = 4_000_000n;

const from = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

/** What a record of one of the calls says of it, or leaves out. */
const told = fc.record({
  call: fc.nat(4),
  trace: fc.nat(5),
  start: fc.nat(30),
  length: from(0, 1, 2, 5, 12, 700),
  service: from('web', 'web', 'worker'),
  scope: from<'framework' | 'client' | 'wrapper'>('framework', 'client', 'wrapper'),
  namesModel: from(true, true, true, false),
  hasInput: from(true, true, false),
  hasOutput: from(true, true, false),
  /** What a record says beyond the others of its call. */
  more: from(0, 0, 0, 7),
  hasId: from(true, false, false),
  hasEventId: from(true, false, false),
  conversation: from('', '', 'c1', 'c2'),
});

const span = fc.record({
  told,
  number: fc.nat(2),
  /** Another record of the call, one that never came, or what lies above all of the trace. */
  parent: from<number | 'run' | 'sum 0' | 'sum 1' | null>(
    ...[null, null, 0, 1, 3, 'run' as const, 'sum 0' as const, 'sum 1' as const],
  ),
  endsStream: from(false, false, false, true),
  status: from<Fact['status']>('ok', 'ok', 'ok', 'error'),
});

/** What an emitter does it does with all of its records. */
const habit = from<readonly Mark[]>([], [], ['not_current'], ['written_after']);

const run = fc.record({
  trace: fc.nat(5),
  service: from('web', 'worker'),
  conversation: from('', 'c1'),
});

/** What sums up runs, some with no call beneath that tells its usage. */
const sum = fc.record({
  told,
  number: fc.nat(1),
  length: from(0, 3, 12, 40),
  kind: from<Fact['kind']>('agent', 'agent', 'step', 'llm'),
  parent: from<'run' | 'sum 0' | 'lost' | null>(null, 'run', 'sum 0', 'lost'),
  holds: from<readonly Mark[]>([], [], ['own_calls_only'], ['cumulative']),
});

const event = fc.record({
  told,
  loose: from(true, true, false),
  name: from('request', 'details'),
  above: from<'' | 'run' | 'lost'>('', '', 'run', 'lost'),
});

type Told = typeof told extends fc.Arbitrary<infer T> ? T : never;

/** Each call has figures, a model and an id of its own; two have the same but for the id. */
function factOf(one: Told): Partial<Fact> {
  const alike = one.call % 4;
  return {
    start_time: NOON_NS + BigInt(one.start) * TICK_NS,
    duration_ns: BigInt(one.length) * TICK_NS,
    service_name: one.service,
    scope_name: one.scope,
    kind: one.call === 3 ? 'embedding' : 'llm',
    request_model: one.namesModel ? `gpt-${alike % 2}` : '',
    input_tokens: one.hasInput ? 10 + alike + one.more : null,
    output_tokens: one.hasOutput ? 5 + alike : null,
    response_id: one.hasId ? `r${one.call}` : '',
    emitter_event_id: one.hasEventId ? `e${one.call} ${one.trace}` : '',
    conversation_id: one.conversation,
    trace_id: traceId(`t${one.trace}`),
  };
}

const idOf = (trace: number, name: string): string => hex(`${trace} ${name}`, 16);

/** Facts of one organisation, in the order of their versions. */
export const world: fc.Arbitrary<Fact[]> = fc
  .record({
    habits: fc.record({ framework: habit, client: habit, wrapper: habit }),
    runs: fc.array(run, { maxLength: 3 }),
    spans: fc.array(span, { maxLength: 12 }),
    sums: fc.array(sum, { maxLength: 4 }),
    events: fc.array(event, { maxLength: 5 }),
  })
  .map(({ habits, runs, spans, sums, events }) => [
    ...runs.map(({ trace, service, conversation }, i) =>
      fact({
        trace_id: traceId(`t${trace}`),
        span_id: idOf(trace, 'run'),
        kind: 'step',
        service_name: service,
        conversation_id: conversation,
        version: BigInt(i),
      }),
    ),
    ...spans.map((one, i) =>
      fact({
        ...factOf(one.told),
        span_id: idOf(one.told.trace, `${one.told.call} ${one.number}`),
        parent_span_id:
          one.parent === null
            ? ''
            : idOf(
                one.told.trace,
                typeof one.parent === 'number' ? `${one.told.call} ${one.parent}` : one.parent,
              ),
        marks: [...habits[one.told.scope], ...(one.endsStream ? (['stream_end'] as const) : [])],
        status: one.status,
        version: BigInt(i),
      }),
    ),
    ...sums.map((one, i) =>
      fact({
        ...factOf(one.told),
        input_tokens: one.told.hasInput ? 100 : null,
        kind: one.kind,
        duration_ns: BigInt(one.length) * TICK_NS,
        span_id: idOf(one.told.trace, `sum ${one.number}`),
        parent_span_id: one.parent === null ? '' : idOf(one.told.trace, one.parent),
        marks: [...one.holds, ...(one.kind === 'llm' ? (['aggregate'] as const) : [])],
        version: BigInt(i),
      }),
    ),
    ...events.map((one, i) =>
      fact({
        ...factOf(one.told),
        ...(one.loose ? { trace_id: '' } : {}),
        // No emitter's event names both ids, so none can name two calls by them.
        ...(one.told.hasId ? { emitter_event_id: '' } : {}),
        signal: 'log',
        duration_ns: 0n,
        span_id: one.above === '' || one.loose ? '' : idOf(one.told.trace, one.above),
        event_id: String(i),
        name: one.name,
      }),
    ),
  ]);
