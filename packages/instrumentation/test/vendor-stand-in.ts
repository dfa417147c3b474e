// The stand-in that serves the scenarios of every client with an answer of its own: runs do not see
// each other, and what each of them sent is kept.

import type { ServerResponse } from 'node:http';
import { listen, type StandIn } from './stand-in.ts';

export interface Asked {
  /** Without the run. */
  path: string;
  body: unknown;
  /** How often it was called for this model and run before; counts up. */
  refused(model: string): number;
}

export type Answer = (asked: Asked, response: ServerResponse) => void;

export interface VendorStandIn extends StandIn {
  /** Path and body of each request, by the run that made it. */
  readonly requests: Map<string, string[]>;
}

/** The base URL of a run is `${url}/${run}`. */
export async function startVendor(answer: Answer): Promise<VendorStandIn> {
  const requests = new Map<string, string[]>();
  const refusals = new Map<string, number>();
  const standIn = await listen((request, response, body) => {
    const [, run = '', ...rest] = (request.url ?? '').split('/');
    const path = decodeURIComponent(`/${rest.join('/')}`);
    const seen = requests.get(run) ?? [];
    requests.set(run, seen);
    seen.push(`${request.method} ${path} ${body.toString()}`);
    // Answers of two runs must not differ in the second they were given.
    response.sendDate = false;
    const refused = (model: string): number => {
      const times = refusals.get(`${run} ${model}`) ?? 0;
      refusals.set(`${run} ${model}`, times + 1);
      return times;
    };
    const text = body.toString();
    answer({ path, body: text === '' ? null : (JSON.parse(text) as unknown), refused }, response);
  });
  return { ...standIn, requests };
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
