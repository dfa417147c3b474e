// A sender as a process: takes pieces on its standard input, sends them in requests of changing make-up
// to several exporters until they are acknowledged, and says so on its standard output. It is killed
// at any moment; whoever started it knows what it held.

import { Agent } from 'node:http';
import { createInterface } from 'node:readline';
import { gzipSync } from 'node:zlib';
import { seededRandom } from '../feed.ts';
import { post } from '../sender.ts';
import { spansOf } from './span-queue.ts';
import { TraceTemplates, type Piece } from './trace-template.ts';

/** A line of standard output: what was acknowledged, and what was sent since the last line. */
export interface SenderLine {
  readonly acknowledged: readonly number[];
  readonly requests: number;
  readonly spans: number;
  /** Spans of pieces that had been acknowledged and were sent all the same. */
  readonly repeated_spans: number;
  readonly answers: Readonly<Record<string, number>>;
  /** Answers after which a collector drops its data for good; there must be none. */
  readonly refusals: readonly string[];
}

const CONNECTIONS = 6;
const PIECES_PER_REQUEST_MAX = 12;
/** Share of acknowledged pieces that are sent once more, in other requests. */
const REPEATED = 0.04;
const REPEATS_KEPT_MAX = 200;
const GZIP = 0.1;
const RETRY_WAIT_MS = 150;
const IDLE_WAIT_MS = 10;
const REPORT_MS = 50;
const MAY_PASS_LATER: ReadonlySet<number> = new Set([0, 429, 502, 503, 504]);
const EXCERPT_LENGTH = 200;

const [seed = '1', own = '0', ...urls] = process.argv.slice(2);
const templates = new TraceTemplates(Number(seed));
const random = seededRandom(Number(own));
const agent = new Agent({ keepAlive: true });
const waiting: Piece[] = [];
const repeats: Piece[] = [];
let line = emptyLine();

interface Batch {
  readonly fresh: Piece[];
  readonly repeated: Piece[];
}

function emptyLine() {
  return {
    acknowledged: [] as number[],
    ...{ requests: 0, spans: 0, repeated_spans: 0 },
    answers: {} as Record<string, number>,
    refusals: [] as string[],
  };
}

function take(): Batch {
  const fresh: Piece[] = [];
  const wanted = 1 + Math.floor(random() * PIECES_PER_REQUEST_MAX);
  while (fresh.length < wanted && waiting.length > 0) {
    const [piece] = waiting.splice(Math.floor(random() * waiting.length), 1);
    if (piece) fresh.push(piece);
  }
  // What was acknowledged travels again in the company of others: a resend in another body.
  return { fresh, repeated: fresh.length > 0 ? repeats.splice(0, 2) : [] };
}

async function send({ fresh, repeated }: Batch): Promise<void> {
  const pieces = [...fresh, ...repeated];
  const body = Buffer.concat(pieces.map((piece) => templates.bytesOf(piece)));
  const gzip = random() < GZIP;
  const headers = {
    'content-type': 'application/x-protobuf',
    ...(gzip ? { 'content-encoding': 'gzip' } : {}),
  };
  const url = urls[Math.floor(random() * urls.length)] as string;
  const sent = gzip ? gzipSync(body, { level: 1 }) : body;
  const answer = await post(`${url}/v1/traces`, sent, headers, agent);
  line.requests++;
  line.answers[answer.status] = (line.answers[answer.status] ?? 0) + 1;
  for (const piece of pieces) line.spans += spansOf(piece);
  for (const piece of repeated) line.repeated_spans += spansOf(piece);
  // An answer with content says that records were refused.
  if (answer.status === 200 && answer.body.length === 0) {
    for (const piece of fresh) {
      line.acknowledged.push(piece.id);
      if (random() < REPEATED && repeats.length < REPEATS_KEPT_MAX) repeats.push(piece);
    }
    return;
  }
  if (!MAY_PASS_LATER.has(answer.status)) {
    const excerpt = answer.body.toString('latin1').slice(0, EXCERPT_LENGTH);
    line.refusals.push(`${answer.status} ${excerpt}`);
  }
  waiting.push(...fresh);
  await pause(RETRY_WAIT_MS * (1 + random()));
}

function pause(wait_ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, wait_ms));
}

async function connection(): Promise<never> {
  for (;;) {
    const batch = take();
    if (batch.fresh.length === 0) await pause(IDLE_WAIT_MS);
    else await send(batch);
  }
}

setInterval(() => {
  if (line.requests === 0) return;
  process.stdout.write(`${JSON.stringify(line)}\n`);
  line = emptyLine();
}, REPORT_MS);

createInterface({ input: process.stdin })
  .on('line', (text) => waiting.push(...(JSON.parse(text) as Piece[])))
  .on('close', () => process.exit(0));

await Promise.all(Array.from({ length: CONNECTIONS }, connection));
