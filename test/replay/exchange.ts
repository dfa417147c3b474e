// Recorded exchanges, from files as recorders write them: `exchanges`, a list of a request and the
// response it got. A body is JSON, text, or { base64 } for bytes.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface Exchange {
  /** From 0, over all files; how a span finds its exchange again. */
  readonly number: number;
  /** Path of the file below the folder that was asked for. */
  readonly file: string;
  /** From 0, within the file. */
  readonly index: number;
  readonly method: string;
  readonly url: URL;
  /** As it was sent: an object where it was JSON, else text; null for none. */
  readonly request: unknown;
  readonly status: number;
  readonly content_type: string;
  /** The bytes of the response's body. */
  readonly body: Buffer;
}

export interface Recordings {
  readonly exchanges: readonly Exchange[];
  /** Files that are no recording, each with what is wrong with it. */
  readonly unreadable: readonly { readonly file: string; readonly problem: string }[];
}

/** Every exchange of the JSON files below a folder, by name of file. */
export function readRecordings(folder: string): Recordings {
  const exchanges: Exchange[] = [];
  const unreadable: { file: string; problem: string }[] = [];
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .sort();
  for (const file of files) {
    try {
      const said = fields(JSON.parse(readFileSync(path.join(folder, file), 'utf8')));
      if (!Array.isArray(said['exchanges'])) throw new Error('"exchanges" must be a list');
      const found = said['exchanges'].map((one: unknown, index) =>
        exchangeOf(one, { number: exchanges.length + index, file, index }),
      );
      exchanges.push(...found);
    } catch (error) {
      unreadable.push({ file, problem: (error as Error).message });
    }
  }
  return { exchanges, unreadable };
}

function exchangeOf(said: unknown, place: Pick<Exchange, 'number' | 'file' | 'index'>): Exchange {
  const request = fields(fields(said)['request']);
  const response = fields(fields(said)['response']);
  const url = String(request['url']);
  if (!URL.canParse(url)) throw new Error(`exchanges[${place.index}]: "url" is no URL`);
  const status = response['status'];
  if (typeof status !== 'number') {
    throw new Error(`exchanges[${place.index}]: "status" must be a number`);
  }
  return {
    ...place,
    method: String(request['method'] ?? 'POST').toUpperCase(),
    url: new URL(url),
    request: request['body'] === '' ? null : (request['body'] ?? null),
    status,
    content_type: String(response['content_type'] ?? ''),
    body: bytesOf(response['body']),
  };
}

function bytesOf(body: unknown): Buffer {
  if (body === null || body === undefined) return Buffer.alloc(0);
  if (typeof body === 'string') return Buffer.from(body);
  const { base64, ...rest } = fields(body);
  const isBytes = typeof base64 === 'string' && Object.keys(rest).length === 0;
  return isBytes ? Buffer.from(base64, 'base64') : Buffer.from(JSON.stringify(body));
}

/** What is not an object has no fields. */
export function fields(value: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : {};
}
