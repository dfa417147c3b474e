// Runs a program in a process of its own, with or without us, and tells what it printed and what
// spans of it arrived.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { listen, type StandIn } from './stand-in.ts';

// Every test that starts processes waits for them, also on a machine that is busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const here = dirname(fileURLToPath(import.meta.url));
export const PROGRAMS = join(here, 'programs');
const ROOT = join(here, '../../..');
/** As it is shipped: a few files, made of what was built before the tests run. */
export const DIST = join(here, '../dist/bundle');
export const PACKAGE = join(here, '..');

/** The folder of an SDK version under test. */
export function sdkFolder(name: string): string {
  return join(ROOT, 'sdks', name);
}

/** Newer Nodes come as optional packages: they exist for some platforms only. */
export function newerNode(major: 22 | 24): string | null {
  const binary = join(ROOT, 'sdks/node_modules', `node-${major}`, 'bin/node');
  return existsSync(binary) ? binary : null;
}

export interface Span {
  name: string;
  kind: number;
  trace_id: string;
  span_id: string;
  parent_span_id: string;
  attributes: Record<string, unknown>;
  status: number;
  events: string[];
  took_ms: number;
  scope: string;
  schema_url: string;
  service: unknown;
}

/** A log record: an event of running work. */
export interface Event {
  name: string;
  trace_id: string;
  span_id: string;
  time_ns: string;
  body: unknown;
  attributes: Record<string, unknown>;
}

export interface Sink extends StandIn {
  readonly spans: Span[];
  readonly events: Event[];
}

/** Receives OTLP JSON; a span that is sent again, as at an exit in the middle of a request, is one. */
export async function startSink(): Promise<Sink> {
  const spans: Span[] = [];
  const events: Event[] = [];
  const ids = new Set<string>();
  const isNew = (id: string): boolean => !ids.has(id) && ids.add(id).size > 0;
  const standIn = await listen((_request, response, body) => {
    const sent = JSON.parse(body.toString()) as OtlpJson & LogsJson;
    spans.push(...readSpans(sent).filter(({ span_id }) => isNew(span_id)));
    events.push(...readEvents(sent).filter(({ time_ns }) => isNew(time_ns)));
    response.end('{}');
  });
  return { ...standIn, spans, events };
}

interface LogsJson {
  resourceLogs?: {
    scopeLogs: {
      logRecords: {
        timeUnixNano: string;
        eventName: string;
        traceId: string;
        spanId: string;
        body?: Value;
        attributes: Attribute[];
      }[];
    }[];
  }[];
}

function readEvents({ resourceLogs = [] }: LogsJson): Event[] {
  const records = resourceLogs.flatMap(({ scopeLogs }) =>
    scopeLogs.flatMap(({ logRecords }) => logRecords),
  );
  return records.map((record) => ({
    name: record.eventName,
    trace_id: record.traceId,
    span_id: record.spanId,
    time_ns: record.timeUnixNano,
    body: record.body === undefined ? null : readValue(record.body),
    attributes: readAttributes(record.attributes),
  }));
}

interface Value {
  stringValue?: string;
  intValue?: number | string;
  doubleValue?: number;
  boolValue?: boolean;
  arrayValue?: { values: Value[] };
}
interface Attribute {
  key: string;
  value: Value;
}
interface OtlpJson {
  resourceSpans?: {
    resource: { attributes: Attribute[] };
    scopeSpans: {
      scope: { name: string };
      schemaUrl?: string;
      spans: {
        name: string;
        kind: number;
        traceId: string;
        spanId: string;
        parentSpanId?: string;
        startTimeUnixNano: string;
        endTimeUnixNano: string;
        attributes: Attribute[];
        status?: { code?: number };
        events?: { name: string }[];
      }[];
    }[];
  }[];
}

function readSpans({ resourceSpans = [] }: OtlpJson): Span[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, schemaUrl, spans }) =>
      spans.map((span) => ({
        name: span.name,
        kind: span.kind,
        trace_id: span.traceId,
        span_id: span.spanId,
        parent_span_id: span.parentSpanId ?? '',
        attributes: readAttributes(span.attributes),
        status: span.status?.code ?? 0,
        events: (span.events ?? []).map(({ name }) => name),
        took_ms: Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e6,
        scope: scope.name,
        schema_url: schemaUrl ?? '',
        service: readAttributes(resource.attributes)['service.name'],
      })),
    ),
  );
}

function readAttributes(attributes: Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, readValue(value)]));
}

function readValue(value: Value): unknown {
  if (value.arrayValue !== undefined) return value.arrayValue.values.map(readValue);
  if (value.intValue !== undefined) return Number(value.intValue);
  return value.stringValue ?? value.doubleValue ?? value.boolValue ?? null;
}

export interface Ended {
  out: string;
  err: string;
  code: number | null;
  signal: NodeJS.Signals | null;
  took_ms: number;
}

export interface ChildOptions {
  /** The preload: `register`, `hook`, or none. */
  preload?: 'register' | 'hook' | null;
  /** Flags of Node; those of the preload when left out. */
  flags?: readonly string[];
  node?: string;
  sinkUrl?: string;
  environment?: Readonly<Record<string, string>>;
  /** It is ended when it takes longer. */
  limit_ms?: number;
  /** Where the program runs, and finds its packages; here when left out. */
  cwd?: string;
  /** Called with each piece of standard output. */
  onOutput?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
}

const CHILD_LIMIT_MS = 50_000;

export function runChild(program: string, args: string[], options: ChildOptions): Promise<Ended> {
  const { preload = null, node = process.execPath, sinkUrl, environment, onOutput } = options;
  const preloaded = preload === null ? [] : ['--import', join(DIST, `${preload}.js`)];
  const flags = options.flags ?? preloaded;
  const env: Record<string, string> = { PATH: process.env['PATH'] ?? '', ...environment };
  if (sinkUrl !== undefined) {
    env['OTEL_EXPORTER_OTLP_ENDPOINT'] = sinkUrl;
    env['OTEL_EXPORTER_OTLP_PROTOCOL'] ??= 'http/json';
  }
  const began_ms = performance.now();
  const child = spawn(node, [...flags, program, ...args], {
    env,
    timeout: options.limit_ms ?? CHILD_LIMIT_MS,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (part: Buffer) => {
    out += part.toString();
    onOutput?.(out, (signal) => child.kill(signal));
  });
  child.stderr.on('data', (part: Buffer) => (err += part.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ out, err, code, signal, took_ms: performance.now() - began_ms });
    });
  });
}
