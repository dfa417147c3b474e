// The service that the program asks while it runs, where one is configured: in small requests of bounded
// time that are no part of what is recorded.

import { context, createContextKey } from '@opentelemetry/api';

export interface OwnService {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

const ANSWER_LIMIT_BYTES = 64 * 1024;
/** As OpenTelemetry's own senders say it. */
const SUPPRESSED = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

let service: OwnService | null = null;

/** Once at the start, from the environment. */
export function setService(url: string, headers: Readonly<Record<string, string>>): void {
  service = { url, headers };
}

export function ownService(): OwnService | null {
  return service;
}

/** What it answers; null where it does not, in time or at all. Never rejects. */
export async function askService(
  { url, headers }: OwnService,
  path: string,
  wait_ms: number,
  body?: unknown,
): Promise<unknown> {
  try {
    const asked = new URL(path, url.endsWith('/') ? url : `${url}/`);
    const signal = AbortSignal.timeout(Math.ceil(wait_ms));
    const type = { 'content-type': 'application/json' };
    const init =
      body === undefined
        ? { headers: { ...headers }, signal }
        : { method: 'POST', headers: { ...headers, ...type }, body: JSON.stringify(body), signal };
    const quiet = context.active().setValue(SUPPRESSED, true);
    return await context.with(quiet, async () => {
      const response = await fetch(asked, init);
      const text = await response.text();
      if (!response.ok || text.length > ANSWER_LIMIT_BYTES) return null;
      return JSON.parse(text) as unknown;
    });
  } catch {
    return null;
  }
}
