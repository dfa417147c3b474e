// The client of the service's REST API. It knows addresses, keys and how errors look; what the
// answers hold is known by the commands that ask.

import { Failure } from './failure.ts';
import type { Exit } from './exit-code.ts';
import type { Settings } from './settings.ts';

/** A question may take this long before the service counts as not answering. */
const ANSWER_LIMIT_MS = 30_000;
const SHOWN_CHARACTERS = 300;

export type Parameters = Readonly<Record<string, string | undefined>>;

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export class Service {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  get address(): string {
    return this.#settings.url.href.replace(/\/$/, '');
  }

  async get<T>(path: string, parameters: Parameters = {}, limit_ms?: number): Promise<T> {
    const url = new URL(path, this.#settings.url);
    const { org } = this.#settings;
    for (const [name, value] of Object.entries({ org, ...parameters })) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    return this.#read<T>(await this.send(url.href, { method: 'GET' }, limit_ms));
  }

  /** The data of each server-sent event, until the service ends the stream. */
  async *events(path: string, parameters: Parameters = {}): AsyncGenerator<string> {
    const { key, org } = this.#settings;
    const url = new URL(path, this.#settings.url);
    for (const [name, value] of Object.entries({ org, ...parameters })) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    const headers = key ? { authorization: `Bearer ${key}` } : {};
    const response = await fetch(url, { headers }).catch((error: unknown) => {
      throw this.#unreachable(error);
    });
    const { status, body } = response;
    if (status !== 200 || body === null) {
      this.#read({ status, text: await response.text() });
      return;
    }
    let rest = '';
    for await (const part of body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + part).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('data: ')) yield line.slice('data: '.length);
    }
  }

  async post<T>(path: string, given: unknown, limit_ms?: number): Promise<T> {
    const { org } = this.#settings;
    const body = org === undefined ? given : { ...(given as object), org };
    const headers = { 'content-type': 'application/json' };
    return this.#read<T>(
      await this.send(path, { method: 'POST', headers, body: JSON.stringify(body) }, limit_ms),
    );
  }

  async delete<T>(path: string, parameters: Parameters = {}): Promise<T> {
    const { org } = this.#settings;
    const given = Object.entries({ org, ...parameters }).filter(([, value]) => value !== undefined);
    const query = new URLSearchParams(given as [string, string][]).toString();
    return this.#read<T>(
      await this.send(query === '' ? path : `${path}?${query}`, { method: 'DELETE' }),
    );
  }

  /** The bare answer, whatever its status; throws only where there is none. */
  async send(path: string, init: RequestInit, limit_ms = ANSWER_LIMIT_MS): Promise<Answer> {
    const { key, url } = this.#settings;
    const headers = { ...init.headers, ...(key ? { authorization: `Bearer ${key}` } : {}) };
    try {
      const response = await fetch(new URL(path, url), {
        ...init,
        headers,
        signal: AbortSignal.timeout(limit_ms),
      });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  #unreachable(error: unknown): Failure {
    return new Failure(
      'unreachable',
      'unreachable',
      `cannot reach ${this.address}: ${causeOf(error)}`,
      'start the service with "spanledger up", or name another with --url or SPANLEDGER_URL',
      { cause: error },
    );
  }

  #read<T>({ status, text }: Answer): T {
    const body = parse(text);
    if (status >= 200 && status < 300 && body !== undefined) return body as T;
    const said = errorOf(body);
    throw new Failure(
      exitOf(status),
      said.code ?? `http_${status}`,
      withDetail(said) ?? `${this.address} answered ${status}: ${text.slice(0, SHOWN_CHARACTERS)}`,
      said.next_step ?? 'check that --url names a Spanledger service',
    );
  }
}

function exitOf(status: number): Exit {
  if (status === 401 || status === 403) return 'refused';
  if (status === 404) return 'not_found';
  return status >= 400 && status < 500 ? 'wrong_use' : 'failed';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Said = Partial<Record<'code' | 'message' | 'detail' | 'next_step', string>>;

function withDetail({ message, detail }: Said): string | undefined {
  return message && detail ? `${message} (${detail})` : message;
}

function errorOf(body: unknown): Said {
  const outer = (body ?? {}) as Record<string, unknown>;
  return (typeof outer['error'] === 'object' && outer['error'] ? outer['error'] : outer) as Said;
}

/** What the network said, without the wrapping: "connect ECONNREFUSED 127.0.0.1:4318". */
function causeOf(error: unknown): string {
  const { cause, message } = error as Error;
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) {
    return cause.errors[0].message;
  }
  return cause instanceof Error && cause.message ? cause.message : message;
}
