// What the instrumentation adds to a call, to a chunk of a stream and to the start of a program, beside
// what others add in the same run.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { InstalledInstrumentations } from './instrumentation-peers.ts';
import { benchStart, otherNodes, type StartFigures } from './instrumentation-start.ts';
import { rounded } from './process-cost.ts';

type ByName = Readonly<Record<string, number>>;

export interface InstrumentationFigures {
  /** Without content; goals are set for these. */
  readonly added_us_per_call: number;
  readonly added_us_per_chunk: number;
  readonly added_us_when_disabled: number;
  readonly added_ms_at_start: number;
  /** Later, for each call: its span is encoded and sent. */
  readonly sending_us_per_call: number;
  /** What the cheapest of the others adds to a call, over what ours adds. */
  readonly vs_cheapest_peer: number;
  /** CPU time by candidate; `bare` is the client's own, the others are on top of it. */
  readonly call_us: ByName;
  readonly chunk_us: ByName;
  readonly start: Readonly<Record<string, StartFigures>>;
  readonly versions: Readonly<Record<string, string>>;
}

interface Installer {
  installInstrumentations(): Promise<InstalledInstrumentations>;
}

interface Printed {
  readonly call: ByName;
  readonly chunk: ByName;
  readonly disabled: ByName;
  readonly sending: number;
}

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const REGISTER = pathToFileURL(require.resolve('@spanledger/instrumentation/register')).href;
const PROGRAM = fileURLToPath(new URL('./instrumentation-program.js', import.meta.url));

/** Null, with the reason told, where the others cannot be installed: the copies come with them. */
export async function benchInstrumentation(
  root: string,
  progress: (text: string) => void,
): Promise<InstrumentationFigures | null> {
  const script = pathToFileURL(join(root, 'scripts', 'bench-instrumentations.mjs')).href;
  const installed = await ((await import(script)) as Installer).installInstrumentations();
  const { folder, versions, reason } = installed;
  if (folder === null) {
    progress(`skips instrumentation: ${reason}`);
    return null;
  }
  const { call, chunk, disabled, sending } = await inOneProcess(folder);
  progress('instrumentation: start');
  const start: Record<string, StartFigures> = {
    [`node_${process.versions.node.split('.')[0]}`]: await benchStart(
      folder,
      process.execPath,
      REGISTER,
      true,
    ),
  };
  for (const [name, node] of Object.entries(otherNodes(root))) {
    start[name] ??= await benchStart(folder, node, REGISTER, true);
  }
  const newest = Object.keys(start).toSorted().at(-1) ?? '';
  const { bare: _bare, ours = NaN, ...others } = call;
  return {
    added_us_per_call: ours,
    added_us_per_chunk: chunk['ours'] ?? NaN,
    added_us_when_disabled: disabled['ours'] ?? NaN,
    added_ms_at_start: start[newest]?.added['ours']?.['openai_esm']?.cpu_ms ?? NaN,
    sending_us_per_call: sending,
    vs_cheapest_peer: rounded(Math.min(...Object.values(others)) / ours),
    call_us: call,
    chunk_us: chunk,
    start,
    versions,
  };
}

/** Our spans are encoded and sent to a sink, as they are for users; the others' are dropped. */
async function inOneProcess(folder: string): Promise<Printed> {
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
    const { stdout } = await run(process.execPath, ['--import', REGISTER, PROGRAM, folder], {
      env,
    });
    const printed = JSON.parse(stdout) as Printed;
    const short = (figures: ByName): ByName =>
      Object.fromEntries(Object.entries(figures).map(([name, us]) => [name, rounded(us, 3)]));
    return {
      call: short(printed.call),
      chunk: short(printed.chunk),
      disabled: short(printed.disabled),
      sending: rounded(printed.sending),
    };
  } finally {
    sink.close();
  }
}
