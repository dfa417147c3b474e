// Reads what a program asked for and what a provider answered: foreign objects, of which nothing
// is certain.

import type { Attributes, AttributeValue } from '@opentelemetry/api';

export type Fields = Readonly<Record<string, unknown>>;

const NOTHING: Fields = Object.freeze({});
const TEXT_LIMIT_CHARS = 512;

export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : NOTHING;
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

export function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, TEXT_LIMIT_CHARS) : null;
}

/** A count of tokens; anything else is unknown. */
export function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** Writes the value when it is one. */
export function put(attributes: Attributes, name: string, value: AttributeValue | null): void {
  if (value !== null) attributes[name] = value;
}

/** Writes a scalar of the request as it is given. */
export function putScalar(attributes: Attributes, name: string, value: unknown): void {
  if (typeof value === 'number' || typeof value === 'boolean') attributes[name] = value;
  else put(attributes, name, text(value));
}

/** Which field of a request is written under which name. */
export type ScalarNames = ReadonlyMap<string, string>;

/** Goes by the fields that are there: a request has few of the many it may have. */
export function putScalars(attributes: Attributes, asked: Fields, known: ScalarNames): void {
  for (const field in asked) {
    const name = known.get(field);
    if (name !== undefined) putScalar(attributes, name, asked[field]);
  }
}

interface Server {
  address: string;
  port: number;
}

const SERVERS_LIMIT = 64;
const servers = new Map<string, Server | null>();

/** Host and port of a client's base URL. */
export function serverOf(baseUrl: unknown): Server | null {
  if (typeof baseUrl !== 'string') return null;
  const known = servers.get(baseUrl);
  if (known !== undefined) return known;
  const server = URL.canParse(baseUrl) ? parseServer(new URL(baseUrl)) : null;
  if (servers.size < SERVERS_LIMIT) servers.set(baseUrl, server);
  return server;
}

function parseServer({ hostname, port, protocol }: URL): Server {
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  return { address, port: port !== '' ? Number(port) : protocol === 'http:' ? 80 : 443 };
}
