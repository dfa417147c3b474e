// A server that speaks the providers' HTTP and answers with recorded responses: by path, model,
// stream flag and order. It invents no figures; only the ids of answers are made new each time,
// because a provider never gives the same id to two answers.

import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { readRecordings, type Recording } from './recording.ts';
import { readResponseId, readServedUsage, type ServedUsage } from './served-usage.ts';
import { AGENT_SCRIPT, type FailStep, type ServeStep, type Step } from './script.ts';

export interface ReplayOptions {
  /** 0 takes a free one. */
  readonly port?: number;
  readonly script?: readonly Step[];
}

/** One request that was answered, with the figures that its answer said. */
export interface ServedRequest {
  readonly path: string;
  readonly model: string;
  readonly stream: boolean;
  readonly status: number;
  readonly recording: string | null;
  readonly response_id: string | null;
  /** The client went away before the end of the answer. */
  readonly broken_off: boolean;
  /** Null when the client cannot have seen any: failures, and streams it broke off. */
  readonly usage: ServedUsage | null;
}

export interface Replay {
  readonly url: string;
  readonly requests: readonly ServedRequest[];
  stop(): Promise<void>;
}

/** A request body larger than this is refused. */
const BODY_LIMIT_BYTES = 4 * 1024 * 1024;
/** A held stream goes on after this time when the client stays after all. */
const HOLD_LIMIT_MS = 10_000;
/** Chunks end inside events, inside JSON and inside UTF-8 sequences. */
const CHUNK_SIZES_BYTES = [1, 7, 61, 3, 256, 19, 509, 2, 128];

export async function startReplay(options: ReplayOptions = {}): Promise<Replay> {
  const recordings = readRecordings();
  const plan = new Plan(options.script ?? AGENT_SCRIPT, recordings);
  const requests: ServedRequest[] = [];
  const server = createServer((request, response) => {
    answer(request, response, plan)
      .then((served) => requests.push(served))
      .catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Asked {
  readonly path: string;
  readonly model: string;
  readonly stream: boolean;
}

type Answer =
  | { readonly kind: 'serve'; readonly step: ServeStep; readonly recording: Recording }
  | { readonly kind: 'fail'; readonly step: FailStep };

/** Chooses the answer to a request: the first step not yet used that fits it, else the last used. */
class Plan {
  readonly #open: Answer[];
  readonly #used: Answer[] = [];

  constructor(script: readonly Step[], recordings: ReadonlyMap<string, Recording>) {
    this.#open = script.map((step) => {
      if (!('recording' in step)) return { kind: 'fail', step };
      const recording = recordings.get(step.recording);
      if (!recording) throw new Error(`cannot replay ${step.recording}: no such recording`);
      return { kind: 'serve', step, recording };
    });
  }

  next(asked: Asked): Answer | undefined {
    const index = this.#open.findIndex((candidate) => fits(candidate, asked));
    if (index >= 0) {
      const [found] = this.#open.splice(index, 1);
      if (found) this.#used.push(found);
      return found;
    }
    return this.#used.findLast((candidate) => candidate.kind === 'serve' && fits(candidate, asked));
  }
}

function fits(candidate: Answer, asked: Asked): boolean {
  const { path, model } = candidate.kind === 'serve' ? candidate.recording : candidate.step;
  if (path !== asked.path || model !== asked.model) return false;
  return candidate.kind === 'fail' || candidate.recording.stream === asked.stream;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  plan: Plan,
): Promise<ServedRequest> {
  const asked = await readAsked(request);
  const chosen = plan.next(asked);
  if (!chosen) return refuse(response, asked);
  if (chosen.kind === 'fail') {
    const { status, headers, body } = chosen.step;
    send(response, status, headers, body);
    return unserved(asked, status);
  }
  return serve(response, asked, chosen.step, chosen.recording);
}

async function readAsked(request: IncomingMessage): Promise<Asked> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    sizeBytes += part.length;
    if (sizeBytes > BODY_LIMIT_BYTES) throw new Error('cannot read request: body too large');
    parts.push(part);
  }
  // SDKs prefix paths by their base URL, with or without the version.
  const url = new URL(request.url ?? '/', 'http://replay');
  const path = url.pathname.startsWith('/v1/') ? url.pathname : `/v1${url.pathname}`;
  const body = parseObject(Buffer.concat(parts).toString('utf8'));
  return { path, model: String(body['model'] ?? ''), stream: body['stream'] === true };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function refuse(response: ServerResponse, asked: Asked): ServedRequest {
  const message = `nothing is recorded for ${asked.path}, model ${asked.model || '–'}, stream ${asked.stream}`;
  send(response, 404, {}, { error: { type: 'not_found_error', message } });
  return unserved(asked, 404);
}

function send(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: unknown,
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

function unserved(asked: Asked, status: number): ServedRequest {
  return { ...asked, status, recording: null, response_id: null, broken_off: false, usage: null };
}

async function serve(
  response: ServerResponse,
  asked: Asked,
  step: ServeStep,
  recording: Recording,
): Promise<ServedRequest> {
  const { body, response_id } = withNewId(recording);
  response.writeHead(recording.status, { 'content-type': recording.content_type });
  const broken_off = recording.stream
    ? !(await sendStream(response, body, step.hold_after_events))
    : (response.end(body), false);
  const usage = broken_off ? null : (readServedUsage(recording.content_type, body) ?? null);
  return {
    ...asked,
    status: recording.status,
    recording: recording.name,
    response_id,
    broken_off,
    usage,
  };
}

/** The recorded body with a new id of the same length and prefix. */
function withNewId(recording: Recording): { body: string; response_id: string | null } {
  const recorded = readResponseId(recording.content_type, recording.body);
  if (!recorded) return { body: recording.body, response_id: null };
  const prefix = /^[a-z]+[-_]/.exec(recorded)?.[0] ?? '';
  const length = recorded.length - prefix.length;
  const fresh =
    prefix +
    randomBytes(Math.ceil(length / 2))
      .toString('hex')
      .slice(0, length);
  return { body: recording.body.replaceAll(recorded, fresh), response_id: fresh };
}

/** True when all was sent, false when the client went away. */
async function sendStream(
  response: ServerResponse,
  body: string,
  holdAfterEvents: number | undefined,
): Promise<boolean> {
  const bytes = Buffer.from(body);
  const hold = holdAfterEvents === undefined ? undefined : endOfEvent(bytes, holdAfterEvents);
  let at = 0;
  for (let piece = 0; at < bytes.length; piece += 1) {
    if (response.destroyed) return false;
    const size = CHUNK_SIZES_BYTES[piece % CHUNK_SIZES_BYTES.length] ?? 1;
    const end = hold !== undefined && at < hold ? Math.min(at + size, hold) : at + size;
    response.write(bytes.subarray(at, end));
    at = end;
    if (at === hold && (await clientLeft(response))) return false;
    await turn();
  }
  return new Promise((resolve) => {
    response.once('close', () => resolve(response.writableFinished));
    response.end();
  });
}

function endOfEvent(bytes: Buffer, events: number): number {
  let end = 0;
  for (let seen = 0; seen < events; seen += 1) {
    const next = bytes.indexOf('\n\n', end);
    if (next < 0) return bytes.length;
    end = next + 2;
  }
  return end;
}

function clientLeft(response: ServerResponse): Promise<boolean> {
  if (response.destroyed) return Promise.resolve(true);
  return new Promise((resolve) => {
    const limit = setTimeout(() => resolve(false), HOLD_LIMIT_MS);
    response.once('close', () => {
      clearTimeout(limit);
      resolve(true);
    });
  });
}
