// Generated programs: provider calls with figures of their own, and the layers of emitters that tell
// of them, nested, beside each other, in other traces, as log events and behind gateways. What was
// billed is known, so the ledger can be held against it.

import fc from 'fast-check';
import type { Fact } from '../../src/index.ts';
import { call, event, fact, type Said } from '../fact-builder.ts';

/** What the provider billed for one call, by disjoint class. */
export interface Bill {
  readonly uncached: number;
  readonly read: number;
  readonly write: number;
  readonly text: number;
  readonly reasoning: number;
}

interface Served extends Bill {
  readonly at: number;
  readonly ms: number;
  readonly model: string;
  readonly retried: boolean;
}

/** How much of a bill a record carries, and in which convention. */
type Style = 'included' | 'excluded' | 'disjoint' | 'totals' | 'silent' | 'zeros' | 'estimate';
const FULL: ReadonlySet<Style> = new Set(['included', 'excluded', 'disjoint']);

interface Layer {
  /**
   * current: what is called lies beneath its span. beside: it does not, but shares the parent.
   * detached: what is called starts a trace of its own.
   */
  readonly place: 'current' | 'beside' | 'detached';
  readonly style: Style;
  readonly with_id: boolean;
}

export interface Program {
  readonly served: readonly Served[];
  readonly agent: 'none' | 'plain' | 'sums' | 'cumulative';
  /** From the outermost to the one that sends the request. */
  readonly layers: readonly Layer[];
  readonly events: {
    names: 'span' | 'trace' | 'conversation';
    style: Style;
    with_id: boolean;
  } | null;
  readonly gateway: { clock_ms: number; style: Style } | null;
}

const style = (...of: readonly Style[]): fc.Arbitrary<Style> => fc.constantFrom(...of);

const layer: fc.Arbitrary<Layer> = fc.record({
  place: fc.constantFrom('current', 'current', 'beside', 'detached'),
  style: style('included', 'excluded', 'disjoint', 'totals', 'silent', 'zeros', 'estimate'),
  with_id: fc.boolean(),
});

const served: fc.Arbitrary<Served> = fc.record({
  uncached: fc.integer({ min: 1, max: 400 }),
  read: fc.integer({ min: 0, max: 400 }),
  write: fc.integer({ min: 0, max: 90 }),
  text: fc.integer({ min: 1, max: 300 }),
  reasoning: fc.integer({ min: 0, max: 300 }),
  at: fc.integer({ min: 0, max: 3000 }),
  ms: fc.integer({ min: 60, max: 900 }),
  model: fc.constantFrom('gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4-5'),
  retried: fc.boolean(),
});

/** The layer that sends the request has its span current: what lies beneath it is the gateway. */
export const program: fc.Arbitrary<Program> = fc.record({
  served: fc
    .array(served, { minLength: 1, maxLength: 6 })
    // Inputs that differ: equal ones are the matter of the tables.
    .map((all) => all.map((one, n) => ({ ...one, uncached: one.uncached + 1000 * n }))),
  agent: fc.constantFrom('none', 'plain', 'sums', 'cumulative'),
  layers: fc
    .array(layer, { minLength: 1, maxLength: 4 })
    .map((all) => all.map((one, n) => (n < all.length - 1 ? one : { ...one, place: 'current' }))),
  events: fc.option(
    fc.record({
      names: fc.constantFrom('span', 'trace', 'conversation'),
      style: style('included', 'excluded', 'totals'),
      with_id: fc.boolean(),
    }),
  ),
  gateway: fc.option(
    fc.record({
      clock_ms: fc.integer({ min: -20_000, max: 20_000 }),
      style: style('included', 'excluded', 'totals', 'silent'),
    }),
  ),
});

const NOTHING: Said = {
  input_tokens: null,
  output_tokens: null,
  cache_read_tokens: null,
  cache_write_tokens: null,
  reasoning_tokens: null,
};

function figures(bill: Bill, as: Style): Said {
  const { uncached, read, write, text, reasoning } = bill;
  const parts = { cache_read_tokens: read, cache_write_tokens: write, reasoning_tokens: reasoning };
  const whole = { input_tokens: uncached + read + write, output_tokens: text + reasoning };
  const rest = { input_tokens: uncached, output_tokens: text };
  const apart = { reasoning_convention: 'excluded' as const };
  if (as === 'included') return { ...parts, ...whole };
  if (as === 'totals') return { ...NOTHING, ...whole };
  if (as === 'excluded') return { ...parts, ...rest, ...apart, cache_convention: 'excluded' };
  if (as === 'zeros') return { ...NOTHING, input_tokens: 0, output_tokens: 0 };
  if (as === 'estimate') return { ...NOTHING, input_tokens: uncached + 7, output_tokens: text + 3 };
  if (as === 'silent') return NOTHING;
  const total_tokens = whole.input_tokens + whole.output_tokens;
  return { ...parts, ...rest, ...apart, cache_convention: 'disjoint', total_tokens };
}

/** An emitter that writes estimates on its spans is not believed in its events either. */
function stylesOf({ layers, events, gateway }: Program): readonly Style[] {
  const tainted = layers.at(-1)?.style === 'estimate';
  const told = [...layers, gateway, tainted ? null : events];
  return told.flatMap((one) => one?.style ?? []);
}

/** Whether some record of each call carries its whole bill. */
export function carriesAll(of: Program): boolean {
  return stylesOf(of).some((one) => FULL.has(one));
}

export function carriesTotals(of: Program): boolean {
  return stylesOf(of).some((one) => FULL.has(one) || one === 'totals');
}

const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, '0');
const RUN_MS = 10_000;

/** Everything that the emitters of the program send; `shift_ms` and `seed` make another run of it. */
export function tell(of: Program, shift_ms = 0, seed = 1): Fact[] {
  let last = seed * 1_000_000;
  const next = (): number => (last += 1);
  const facts: Fact[] = [];
  const root = { trace_id: hex(next(), 32), span_id: '' };
  if (of.agent !== 'none') facts.push(agentOf(of, { ...root, span_id: hex(next(), 16) }, shift_ms));
  const top = facts[0] ?? null;
  for (const [n, one] of of.served.entries()) {
    let above = { trace_id: root.trace_id, span_id: top?.span_id ?? '' };
    if (top === null) above = { trace_id: hex(next(), 32), span_id: '' };
    const id = `id-${seed}-${n}`;
    let inner = above;
    for (const [k, of_layer] of of.layers.entries()) {
      const span_id = hex(next(), 16);
      const margin = of.layers.length - k;
      facts.push(
        call({
          ...figures(one, of_layer.style),
          trace_id: above.trace_id,
          parent_span_id: above.span_id,
          span_id,
          at: shift_ms + one.at - margin,
          ms: one.ms + 2 * margin,
          scope_name: `layer-${k}`,
          request_model: one.model,
          conversation_id: 'conversation',
          response_id: of_layer.with_id ? id : '',
          marks: marksOf(of_layer),
          span_kind: 'client',
        }),
      );
      inner = { trace_id: above.trace_id, span_id };
      if (of_layer.place === 'current') above = inner;
      if (of_layer.place === 'detached') above = { trace_id: hex(next(), 32), span_id: '' };
    }
    if (one.retried) facts.push(tryOf(one, inner, shift_ms, hex(next(), 16), of.layers.length));
    facts.push(...eventsOf(of, one, inner, shift_ms, id));
    if (of.gateway !== null) facts.push(gatewayOf(of.gateway, one, inner, shift_ms, id, next()));
  }
  return facts;
}

function marksOf({ place, style: as }: Layer): Fact['marks'] {
  const marks: Fact['marks'] = place === 'current' ? ['answered'] : ['answered', 'not_current'];
  return as === 'estimate' ? [...marks, 'estimate'] : marks;
}

function agentOf(of: Program, ids: Said, at: number): Fact {
  const plain = { ...ids, kind: 'agent' as const, agent_name: 'planner', at: at - 10, ms: RUN_MS };
  if (of.agent === 'plain') return fact(plain);
  const sum = (name: keyof Bill): number => of.served.reduce((all, one) => all + one[name], 0);
  const whole: Bill = {
    uncached: sum('uncached'),
    read: sum('read'),
    write: sum('write'),
    text: sum('text'),
    reasoning: sum('reasoning'),
  };
  if (of.agent === 'sums') return call({ ...figures(whole, 'included'), ...plain, marks: [] });
  const more = { ...whole, uncached: whole.uncached + 5000 };
  return call({ ...figures(more, 'included'), ...plain, marks: ['cumulative'] });
}

type Place = Pick<Fact, 'trace_id' | 'span_id'>;

/** A first try that the provider refused, beneath the layer that sends. */
function tryOf(one: Served, at: Place, shift_ms: number, span_id: string, layers: number): Fact {
  return call({
    ...NOTHING,
    trace_id: at.trace_id,
    parent_span_id: at.span_id,
    span_id,
    at: shift_ms + one.at,
    ms: 5,
    scope_name: `layer-${layers - 1}`,
    request_model: one.model,
    marks: [],
    status: 'error',
    error_type: '429',
  });
}

function eventsOf(
  { events, layers }: Program,
  one: Served,
  at: Place,
  shift_ms: number,
  id: string,
): Fact[] {
  if (events === null) return [];
  const where = {
    span: at,
    trace: { trace_id: at.trace_id, span_id: '' },
    conversation: { trace_id: '', span_id: '' },
  }[events.names];
  return [
    event({
      ...figures(one, events.style),
      ...where,
      event_id: `event-${id}`,
      response_id: events.with_id ? id : '',
      at: shift_ms + one.at + one.ms + 1,
      scope_name: `layer-${layers.length - 1}`,
      request_model: one.model,
      conversation_id: 'conversation',
    }),
  ];
}

/** The server's side, beneath the layer that sends, with a clock of its own. */
function gatewayOf(
  of: NonNullable<Program['gateway']>,
  one: Served,
  at: Place,
  shift_ms: number,
  id: string,
  n: number,
): Fact {
  return call({
    ...figures(one, of.style),
    trace_id: at.trace_id,
    parent_span_id: at.span_id,
    span_id: hex(n, 16),
    at: shift_ms + one.at + 5 + of.clock_ms,
    ms: one.ms - 10,
    service_name: 'gateway',
    scope_name: 'gateway',
    span_kind: 'server',
    request_model: one.model,
    response_id: id,
  });
}
