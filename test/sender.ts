// Sends a feed the way a careful sender does: a request is resent, byte for byte, until it has been
// acknowledged; what was acknowledged is never sent again unless the test asks for it.

import { Agent, request as httpRequest } from 'node:http';

export interface SendOptions {
  readonly url: string;
  readonly path?: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly connections?: number;
  /** Gives up on the whole load after this long; a test that hangs says so. */
  readonly limit_ms?: number;
  readonly onAcknowledged?: (acknowledged: number) => void;
}

export interface SendReport {
  acknowledged: number;
  attempts: number;
  /** Answers by status; broken connections are counted under 0. */
  answers: Map<number, number>;
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** One POST; resolves with status 0 when the connection broke before an answer. */
export function post(
  url: string,
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
  agent?: Agent,
): Promise<Answer> {
  return new Promise((resolve) => {
    const broken = (): void => resolve({ status: 0, headers: {}, body: Buffer.alloc(0) });
    const request = httpRequest(
      url,
      {
        method: 'POST',
        ...(agent ? { agent } : {}),
        headers: { ...headers, 'content-length': body.length },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', broken);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts),
          }),
        );
      },
    );
    request.on('error', broken);
    request.end(body);
  });
}

const RETRY_AFTER_BROKEN_MS = 50;
const CONNECTIONS = 8;
const LIMIT_MS = 300_000;

/** Sends every request until it is acknowledged; anything but 200 is sent again after a pause. */
export async function sendAll(
  requests: Iterable<{ readonly body: Uint8Array }>,
  options: SendOptions,
): Promise<SendReport> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.connections ?? CONNECTIONS });
  const report: SendReport = { acknowledged: 0, attempts: 0, answers: new Map() };
  const deadline = performance.now() + (options.limit_ms ?? LIMIT_MS);
  const url = options.url + (options.path ?? '/v1/traces');
  const headers = {
    'content-type': options.contentType ?? 'application/x-protobuf',
    ...options.headers,
  };
  const queue = requests[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = queue.next(); !next.done; next = queue.next()) {
      for (;;) {
        const answer = await post(url, next.value.body, headers, agent);
        report.attempts++;
        report.answers.set(answer.status, (report.answers.get(answer.status) ?? 0) + 1);
        if (answer.status === 200) break;
        if (performance.now() > deadline)
          throw new Error(`load not acknowledged: ${answer.status}`);
        await pause(RETRY_AFTER_BROKEN_MS);
      }
      report.acknowledged++;
      options.onAcknowledged?.(report.acknowledged);
    }
  };
  try {
    await Promise.all(Array.from({ length: options.connections ?? CONNECTIONS }, worker));
  } finally {
    agent.destroy();
  }
  return report;
}

/** The pause a sender makes before it tries again; never used to wait for a result. */
function pause(duration_ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, duration_ms));
}
