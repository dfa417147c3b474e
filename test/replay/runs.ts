// Makes exchanges through the real SDKs, one process for each SDK, against the replay server, and
// gathers what the instrumentation said of each.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Exchange } from './exchange.ts';
import type { Caller } from './plan.ts';
import { startReplayServer } from './replay-server.ts';
import type { Sdk } from './sdks.ts';
import { startSpanSink } from './spans.ts';

/** How the SDK's method ended. */
export interface Failure {
  readonly name: string;
  readonly status: number | null;
  readonly message: string;
}

export interface Made {
  /** Null when the SDK answered. */
  readonly failure: Failure | null;
  /** The requests that the SDK sent: method and path with query. */
  readonly requests: readonly string[];
  /** What the instrumentation sent of it, as OTLP in JSON; null for nothing. */
  readonly otlp: string | null;
}

export interface Job {
  readonly caller: Caller;
  readonly sdk: Sdk;
  readonly exchanges: readonly Exchange[];
}

export interface Runs {
  readonly made: ReadonlyMap<number, Made>;
  /** Spans that belong to no exchange, and programs that ended badly. */
  readonly problems: readonly string[];
}

/** A process that makes all exchanges of one SDK may take so long. */
const RUN_LIMIT_MS = 300_000;
const RUNS_AT_ONCE = 2;

export async function makeAll(jobs: readonly Job[], seed: number, root: string): Promise<Runs> {
  const folder = mkdtempSync(path.join(tmpdir(), 'spanledger-replay-'));
  const server = await startReplayServer(
    jobs.flatMap(({ exchanges }) => exchanges),
    seed,
  );
  const sink = await startSpanSink();
  const failures = new Map<number, Failure | null>();
  const problems: string[] = [];
  try {
    const queue = [...jobs];
    const work = async (): Promise<void> => {
      for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
        const jobFile = path.join(folder, `${job.caller}.json`);
        writeFileSync(jobFile, JSON.stringify(jobOf(job, server.url)));
        problems.push(...(await run(job, jobFile, { root, sink: sink.url, failures })));
      }
    };
    await Promise.all(Array.from({ length: RUNS_AT_ONCE }, work));
    problems.push(...sink.strays.map((name) => `a span of no exchange: ${name}`));
    const made = jobs.flatMap(({ exchanges }) =>
      exchanges.map((exchange): [number, Made] => {
        const known = failures.get(exchange.number);
        const failure = known === undefined ? NO_LINE : known;
        const requests = server.requestsOf(exchange);
        return [exchange.number, { failure, requests, otlp: sink.requestOf(exchange.number) }];
      }),
    );
    return { made: new Map(made), problems };
  } finally {
    await Promise.all([server.stop(), sink.stop()]);
    rmSync(folder, { recursive: true });
  }
}

const NO_LINE: Failure = { name: 'Process', status: null, message: 'the program ended before' };

function jobOf({ caller, sdk, exchanges }: Job, replayUrl: string): unknown {
  return {
    sdk: sdk.folder,
    caller,
    replayUrl,
    exchanges: exchanges.map(({ number, method, url, request }) => ({
      number,
      method,
      url: url.href,
      body: request,
    })),
  };
}

interface Surroundings {
  readonly root: string;
  readonly sink: string;
  readonly failures: Map<number, Failure | null>;
}

/** The program's lines go into `failures`; answers with what went wrong in all. */
function run(
  { caller, sdk }: Job,
  jobFile: string,
  { root, sink, failures }: Surroundings,
): Promise<string[]> {
  const instrumentation = path.join(root, 'packages', 'instrumentation', 'dist');
  const program = path.join(root, 'test', 'replay', 'callers', 'program.mjs');
  const child = spawn(
    sdk.node,
    [
      '--import',
      path.join(instrumentation, 'register.js'),
      program,
      jobFile,
      path.join(instrumentation, 'index.js'),
    ],
    {
      timeout: RUN_LIMIT_MS,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'] ?? '',
        OTEL_EXPORTER_OTLP_ENDPOINT: sink,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_SERVICE_NAME: `replay-${caller}`,
      },
    },
  );
  let out = '';
  let err = '';
  child.stdout.on('data', (part: Buffer) => (out += part.toString()));
  child.stderr.on('data', (part: Buffer) => (err += part.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      for (const line of out.split('\n').filter((each) => each.startsWith('{'))) {
        const { number, failure } = JSON.parse(line) as { number: number; failure: Failure | null };
        failures.set(number, failure);
      }
      const ended = code === 0 ? [] : [`${caller}: the program ended with ${signal ?? code}`];
      const said = err.split('\n').filter((line) => /^spanledger|Error/.test(line));
      resolve([...ended, ...said.map((line) => `${caller}: ${line}`)]);
    });
  });
}
