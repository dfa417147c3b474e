// The environment, read once: OpenTelemetry's variables as everyone knows them, and two of ours.

import { readEventsDestination } from './events-destination.ts';
import { privacyEnvironment, type PrivacyEnvironment } from './privacy/environment.ts';

export interface Config {
  /** Nothing is loaded and nothing is hooked. */
  readonly disabled: boolean;
  readonly silent: boolean;
  /** What was said is written on the spans too. */
  readonly capturesContent: boolean;
  /** What of it may leave. */
  readonly privacy: PrivacyEnvironment;
  /** Streams are asked for their usage where the program did not. */
  readonly streamUsage: boolean;
  /** Answers are judged where they come in. */
  readonly judgesAnswers: boolean;
  /** Mistral's client writes its own spans to the global provider, as its variable says. */
  readonly mistralWrites: boolean;
  /** The program exports its spans otherwise: hooks only. */
  readonly exportsSpans: boolean;
  /** Where OTLP trace requests go, with path. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Where the events of running work go; null for nowhere. */
  readonly eventsUrl: string | null;
  readonly eventsHeaders: Readonly<Record<string, string>>;
  /** The service that is asked about budgets, and how. */
  readonly serviceUrl: string;
  readonly serviceHeaders: Readonly<Record<string, string>>;
  readonly protocol: 'http/protobuf' | 'http/json';
  readonly gzip: boolean;
  /** For one request. */
  readonly timeout_ms: number;
  /** The longest an ending process waits for its last spans. */
  readonly exitLimit_ms: number;
  readonly batchDelay_ms: number;
  readonly batchLimit_spans: number;
  readonly queueLimit_spans: number;
  /** Empty means none. */
  readonly propagators: readonly string[];
  /** What was set and not understood; told once, and the default taken. */
  readonly complaints: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

export const EXIT_LIMIT_MS = 2000;

export function readConfig(environment: Environment): Config {
  const complaints: string[] = [];
  const said = (name: string): string | null => environment[name]?.trim() || null;
  const traces = (name: string): string | null =>
    said(`OTEL_EXPORTER_OTLP_TRACES_${name}`) ?? said(`OTEL_EXPORTER_OTLP_${name}`);
  const yes = (name: string): boolean => said(name)?.toLowerCase() === 'true';
  const natural = (name: string, value: string | null, otherwise: number): number => {
    if (value === null) return otherwise;
    const number = Number(value);
    if (Number.isInteger(number) && number >= 0) return number;
    complaints.push(`${name}=${value.slice(0, 40)} is not a whole number; using ${otherwise}`);
    return otherwise;
  };
  const privacy = privacyEnvironment(environment);
  const exporter = said('OTEL_TRACES_EXPORTER')?.toLowerCase() ?? 'otlp';
  if (exporter !== 'otlp' && exporter !== 'none') {
    complaints.push(`OTEL_TRACES_EXPORTER=${exporter} is not known here; using otlp`);
  }
  const queueLimit_spans = Math.max(
    1,
    natural('OTEL_BSP_MAX_QUEUE_SIZE', said('OTEL_BSP_MAX_QUEUE_SIZE'), 2048),
  );
  const events = readEventsDestination(said, DEFAULT_ENDPOINT, complaints);
  return Object.freeze({
    disabled: yes('SPANLEDGER_DISABLED') || yes('OTEL_SDK_DISABLED'),
    streamUsage: yes('SPANLEDGER_STREAM_USAGE'),
    privacy,
    capturesContent: privacy.capturesContent,
    judgesAnswers: yes('SPANLEDGER_QUALITY'),
    mistralWrites: said('MISTRAL_SDK_TELEMETRY') === 'global',
    silent: said('OTEL_LOG_LEVEL')?.toLowerCase() === 'none',
    exportsSpans: exporter !== 'none',
    url: readUrl(said, complaints),
    headers: readHeaders(traces('HEADERS') ?? '', complaints),
    eventsUrl: events.url,
    eventsHeaders: readHeaders(events.headers, []),
    serviceUrl: readServiceUrl(said, complaints),
    serviceHeaders: readServiceHeaders(said),
    protocol: readProtocol(traces('PROTOCOL'), complaints),
    gzip: traces('COMPRESSION')?.toLowerCase() === 'gzip',
    timeout_ms: natural('OTEL_EXPORTER_OTLP_TIMEOUT', traces('TIMEOUT'), 10_000),
    exitLimit_ms: natural('SPANLEDGER_EXIT_LIMIT', said('SPANLEDGER_EXIT_LIMIT'), EXIT_LIMIT_MS),
    batchDelay_ms: natural('OTEL_BSP_SCHEDULE_DELAY', said('OTEL_BSP_SCHEDULE_DELAY'), 1000),
    batchLimit_spans: Math.min(
      queueLimit_spans,
      Math.max(
        1,
        natural('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', said('OTEL_BSP_MAX_EXPORT_BATCH_SIZE'), 512),
      ),
    ),
    queueLimit_spans,
    propagators: readPropagators(said('OTEL_PROPAGATORS'), complaints),
    complaints,
  });
}

const DEFAULT_ENDPOINT = 'http://localhost:4318';

function readUrl(said: (name: string) => string | null, complaints: string[]): string {
  const whole = said('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT');
  const base = said('OTEL_EXPORTER_OTLP_ENDPOINT') ?? DEFAULT_ENDPOINT;
  const url = whole ?? `${base.replace(/\/+$/, '')}/v1/traces`;
  if (URL.canParse(url) && /^https?:/.test(url)) return url;
  complaints.push(`the OTLP endpoint ${url.slice(0, 200)} is not an http URL; using the default`);
  return `${DEFAULT_ENDPOINT}/v1/traces`;
}

/** Where nobody says otherwise, spans go to the service itself. */
function readServiceUrl(said: (name: string) => string | null, complaints: string[]): string {
  const url = said('SPANLEDGER_URL') ?? said('OTEL_EXPORTER_OTLP_ENDPOINT') ?? DEFAULT_ENDPOINT;
  if (URL.canParse(url) && /^https?:/.test(url)) return url;
  if (said('SPANLEDGER_URL') !== null) {
    complaints.push(`SPANLEDGER_URL=${url.slice(0, 200)} is not an http URL; using the default`);
  }
  return DEFAULT_ENDPOINT;
}

function readServiceHeaders(
  said: (name: string) => string | null,
): Readonly<Record<string, string>> {
  const key = said('SPANLEDGER_KEY');
  if (key !== null) return { authorization: `Bearer ${key}` };
  return readHeaders(said('OTEL_EXPORTER_OTLP_HEADERS') ?? '', []);
}

function readProtocol(said: string | null, complaints: string[]): Config['protocol'] {
  if (said === null || said === 'http/protobuf') return 'http/protobuf';
  if (said === 'http/json') return said;
  complaints.push(`OTLP protocol ${said.slice(0, 40)} is not spoken here; using http/protobuf`);
  return 'http/protobuf';
}

/** `key=value,key=value`, values percent-encoded. */
function readHeaders(said: string, complaints: string[]): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const pair of said.split(',')) {
    const cut = pair.indexOf('=');
    if (cut <= 0) {
      if (pair.trim() !== '') complaints.push('an OTLP header without a value is left out');
      continue;
    }
    const value = pair.slice(cut + 1).trim();
    try {
      headers[pair.slice(0, cut).trim().toLowerCase()] = decodeURIComponent(value);
    } catch {
      complaints.push('an OTLP header that is not percent-encoded is left out');
    }
  }
  return Object.freeze(headers);
}

function readPropagators(said: string | null, complaints: string[]): readonly string[] {
  const names = (said ?? 'tracecontext,baggage').split(',').map((name) => name.trim());
  const known = names.filter((name) => ['tracecontext', 'baggage'].includes(name));
  const strange = names.filter((name) => name !== 'none' && !known.includes(name));
  if (strange.length > 0) complaints.push(`OTEL_PROPAGATORS: ${strange.join(',')} left out`);
  return names.includes('none') ? [] : known;
}
