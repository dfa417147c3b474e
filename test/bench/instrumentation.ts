// What the instrumentation adds to a call, to a chunk of a stream and to the start of a program.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { quantile } from './process-cost.ts';

export interface InstrumentationFigures {
  added_us_per_call: number;
  added_us_per_chunk: number;
  added_ms_at_start: number;
}

const START_PAIRS = 11;
const run = promisify(execFile);
const require = createRequire(import.meta.url);
const REGISTER = pathToFileURL(require.resolve('@spanledger/instrumentation/register')).href;
const PROGRAM = fileURLToPath(new URL('./instrumentation-program.js', import.meta.url));

export async function benchInstrumentation(): Promise<InstrumentationFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'spanledger-bench-'));
  const sink = createServer((request, response) => {
    request.resume().on('end', () => response.end());
  });
  sink.listen(0, '127.0.0.1');
  await once(sink, 'listening');
  const address = sink.address();
  if (typeof address !== 'object' || address === null) throw new Error('the sink has no port');
  const env = {
    PATH: process.env['PATH'],
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${address.port}`,
  };
  try {
    const entry = require.resolve('openai').replace(/\.js$/, '.mjs');
    cpSync(dirname(entry), join(folder, 'openai'), { recursive: true });
    const copy = join(folder, 'openai', 'index.mjs');
    const { stdout } = await run(process.execPath, ['--import', REGISTER, PROGRAM, copy], { env });
    const perCall = JSON.parse(stdout) as Omit<InstrumentationFigures, 'added_ms_at_start'>;
    return {
      added_us_per_call: round(perCall.added_us_per_call),
      added_us_per_chunk: round(perCall.added_us_per_chunk),
      added_ms_at_start: round(await addedAtStart(pathToFileURL(entry).href, env)),
    };
  } finally {
    sink.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A program that loads the client and ends, with and without us in turn; median of differences. */
async function addedAtStart(entry: string, env: NodeJS.ProcessEnv): Promise<number> {
  const program = ['--input-type=module', '--eval', `await import(${JSON.stringify(entry)})`];
  const time = async (args: readonly string[]): Promise<number> => {
    const begun = performance.now();
    await run(process.execPath, [...args], { env });
    return performance.now() - begun;
  };
  const differences: number[] = [];
  for (let pair = 0; pair < START_PAIRS; pair++) {
    differences.push((await time(['--import', REGISTER, ...program])) - (await time(program)));
  }
  return quantile(differences, 0.5);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
