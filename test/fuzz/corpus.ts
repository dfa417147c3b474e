// What real emitters sent, taken apart: the pieces from which inputs are made, and the requests that
// are mutated.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { attributeNames } from '@spanledger/ledger';
import { protobufOf, type Message, type Signal } from './otlp.ts';

export interface Telling {
  readonly signal: 'traces' | 'logs';
  readonly resource: Message;
  readonly scope: Message;
  readonly record: Message;
}

export interface Corpus {
  /** Whole requests in both encodings, and as people keep them in files. */
  readonly requests: readonly {
    readonly signal: Signal;
    readonly json: Uint8Array;
    readonly protobuf: Uint8Array;
    readonly file: Uint8Array;
  }[];
  /** The records of each capture, in order. */
  readonly captures: readonly (readonly Telling[])[];
  readonly scopes: readonly Message[];
  readonly names: readonly string[];
  readonly keys: readonly string[];
  /** Values that were seen under a name. */
  readonly values: ReadonlyMap<string, readonly unknown[]>;
}

const VALUES_MAX = 12;
const REQUEST_CHARACTERS_MAX = 40_000;

export function readCorpus(folder: string): Corpus {
  const requests: Corpus['requests'][number][] = [];
  const captures: Telling[][] = [];
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  for (const file of files) {
    if (!file.endsWith('.json') || file.endsWith('.truth.json')) continue;
    const content: unknown = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
    const bodies = (Array.isArray(content) ? content : [content]).map(bodyOf);
    const records: Telling[] = [];
    for (const body of bodies) {
      const signal = signalOf(body);
      if (signal === null) continue;
      const text = JSON.stringify(body);
      if (text.length <= REQUEST_CHARACTERS_MAX) {
        const entry = `[\n{"path":"/v1/${signal}","body":${text}}\n]`;
        const [json, file] = [Buffer.from(text), Buffer.from(entry)];
        requests.push({ signal, json, file, protobuf: protobufOf(signal, body) });
      }
      if (signal !== 'metrics') records.push(...recordsOf(signal, body));
    }
    captures.push(records);
  }
  return { requests, captures, ...piecesOf(captures.flat()) };
}

function bodyOf(entry: unknown): Message {
  const message = entry as Message;
  return (message['body'] ?? message) as Message;
}

function signalOf(body: Message): Signal | null {
  if ('resourceSpans' in body) return 'traces';
  if ('resourceLogs' in body) return 'logs';
  return 'resourceMetrics' in body ? 'metrics' : null;
}

const list = (value: unknown): Message[] => (Array.isArray(value) ? (value as Message[]) : []);

function recordsOf(signal: 'traces' | 'logs', body: Message): Telling[] {
  const [outer, inner, leaf] =
    signal === 'traces'
      ? ['resourceSpans', 'scopeSpans', 'spans']
      : ['resourceLogs', 'scopeLogs', 'logRecords'];
  return list(body[outer!]).flatMap((resource) =>
    list(resource[inner!]).flatMap((scope) =>
      list(scope[leaf!]).map((record) => ({
        signal,
        resource: (resource['resource'] ?? {}) as Message,
        scope: (scope['scope'] ?? {}) as Message,
        record,
      })),
    ),
  );
}

function piecesOf(
  records: readonly Telling[],
): Pick<Corpus, 'scopes' | 'names' | 'keys' | 'values'> {
  const scopes = new Map<string, Message>();
  const names = new Set<string>();
  const values = new Map<string, unknown[]>();
  for (const { scope, record } of records) {
    scopes.set(JSON.stringify(scope), scope);
    for (const name of [record['name'], record['eventName']]) {
      if (typeof name === 'string') names.add(name);
    }
    for (const { key, value } of list(record['attributes'])) {
      const seen = values.get(String(key)) ?? [];
      if (seen.length < VALUES_MAX) seen.push(value);
      values.set(String(key), seen);
    }
  }
  const keys = [...new Set([...attributeNames(), ...values.keys()])];
  return { scopes: [...scopes.values()], names: [...names], keys, values };
}
