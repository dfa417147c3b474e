// What is told by hand as OTLP, on its way through the same stages as everything that is received:
// the organisation is the caller's, and the answer comes when it is stored.

import { createHash } from 'node:crypto';
import { BY_HAND_SCOPE, SpanledgerError, type ToldAttributes } from '@spanledger/ledger';
import type { Stages } from '../stages.ts';
import { takeBody } from '../receive/take-body.ts';

const SCOPE = { name: BY_HAND_SCOPE, version: '1' };
const SPAN_KINDS = { internal: 1, client: 3 } as const;
const STATUS_ERROR = 2;
const INFO = { severityNumber: 9, severityText: 'INFO' } as const;
const TRACE_DIGITS = 32;
const SPAN_DIGITS = 16;
const NS_PER_MS = 1_000_000n;

export interface Place {
  readonly trace_id: string;
  readonly span_id: string;
}

/** Where a record of this id lies, whoever tells it and however often; the ids are of one organisation. */
export function placeOf(org: string, kind: 'execution' | 'call', id: string): Place {
  const digits = createHash('sha256')
    .update(JSON.stringify([org, kind, id]))
    .digest('hex');
  return {
    trace_id: digits.slice(0, TRACE_DIGITS),
    span_id: digits.slice(TRACE_DIGITS, TRACE_DIGITS + SPAN_DIGITS),
  };
}

/** Who sends: the service and its environment, as resources name them. */
export interface Source {
  readonly service_name?: string | undefined;
  readonly environment?: string | undefined;
}

export interface ToldSpan extends Place {
  readonly parent_span_id: string;
  readonly name: string;
  readonly kind: keyof typeof SPAN_KINDS;
  readonly start_ns: bigint;
  readonly end_ns: bigint;
  readonly attributes: ToldAttributes;
  readonly failed: boolean;
}

export interface ToldEvent extends Place {
  readonly name: string;
  readonly time_ns: bigint;
  readonly body?: string | undefined;
  readonly attributes: ToldAttributes;
}

export const nanoseconds = (time_ms: number): bigint => BigInt(Math.round(time_ms)) * NS_PER_MS;

/** Resolves when the span is stored; throws `invalid_parameter` where it cannot be a record. */
export function sendSpan(
  stages: Stages,
  org_id: string,
  source: Source,
  span: ToldSpan,
): Promise<void> {
  const written = {
    traceId: span.trace_id,
    spanId: span.span_id,
    parentSpanId: span.parent_span_id,
    name: span.name,
    kind: SPAN_KINDS[span.kind],
    startTimeUnixNano: String(span.start_ns),
    endTimeUnixNano: String(span.end_ns),
    attributes: pairs(span.attributes),
    status: span.failed ? { code: STATUS_ERROR } : {},
  };
  const scopeSpans = [{ scope: SCOPE, spans: [written] }];
  const body = { resourceSpans: [{ resource: resourceOf(source), scopeSpans }] };
  return send(stages, org_id, 'traces', body);
}

/** The same for an event of a run. */
export function sendEvent(
  stages: Stages,
  org_id: string,
  source: Source,
  event: ToldEvent,
): Promise<void> {
  const time = String(event.time_ns);
  const written = {
    ...INFO,
    timeUnixNano: time,
    observedTimeUnixNano: time,
    traceId: event.trace_id,
    spanId: event.span_id,
    eventName: event.name,
    attributes: pairs(event.attributes),
    ...(event.body === undefined ? {} : { body: { stringValue: event.body } }),
  };
  const scopeLogs = [{ scope: SCOPE, logRecords: [written] }];
  const body = { resourceLogs: [{ resource: resourceOf(source), scopeLogs }] };
  return send(stages, org_id, 'logs', body);
}

async function send(
  stages: Stages,
  org_id: string,
  signal: 'traces' | 'logs',
  body: unknown,
): Promise<void> {
  const { pool, rates } = stages;
  const bytes = Buffer.from(JSON.stringify(body));
  rates.admit(org_id);
  rates.charge(org_id, bytes.length);
  const arena = pool.take(org_id, bytes.length);
  pool.append(arena, bytes);
  const { refused } = await takeBody(
    stages,
    signal,
    { org_id, names_organisations: false },
    'json',
    arena,
  );
  const [reason] = refused.keys();
  if (reason !== undefined) {
    throw new SpanledgerError('invalid_parameter', `the record is refused: ${reason}`);
  }
}

function resourceOf({ service_name, environment }: Source): unknown {
  const attributes: ToldAttributes = {};
  if (service_name !== undefined) attributes['service.name'] = service_name;
  if (environment !== undefined) attributes['deployment.environment.name'] = environment;
  return { attributes: pairs(attributes) };
}

function pairs(attributes: ToldAttributes): unknown[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }));
}

function valueOf(value: ToldAttributes[string]): unknown {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  }
  return { arrayValue: { values: value.map((one) => ({ stringValue: one })) } };
}
