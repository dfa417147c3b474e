// Runs the scenarios of a library in the cells of the matrix: bare once for each client, way of
// loading and Node, and with us for each set-up of OpenTelemetry; both must see and send the same.

import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { PROGRAMS, runChild, startSink, type Ended, type Sink, type Span } from '../child.ts';
import { cellsOf, holeOf, isWhole, nodeBinary, type Cell, type Client } from './cells.ts';
import { removeInstallation } from './installation.ts';
import { SET_UPS, type SetUp, type SetUpName } from './set-up-list.ts';
import { OWN_SERVICE, started } from './set-ups.ts';

// Programs wait for answers and retries most of their time.
const AT_ONCE = 3;
/** Of a program; on a machine that does other work beside they all take longer. */
const LIMIT_MS = 120_000;
/** Their last spans are sent however busy the machine is, and answers come within their patience. */
const PATIENT = { SPANLEDGER_EXIT_LIMIT: '20000', PATIENCE_MS: isWhole ? '2000' : '1500' };
vi.setConfig({ testTimeout: 2 * LIMIT_MS + 10_000, maxConcurrency: AT_ONCE });

/** The servers that the scenarios ask. */
export interface Served {
  /** What the run sent, in an order that is always the same. */
  sent(run: string): readonly string[];
  stop(): Promise<unknown>;
}

export interface Library<S extends Served> {
  clients: readonly Client[];
  /** The program below programs/, without its ending. */
  program: string | ((cell: Cell) => string);
  start(): Promise<S>;
  /** Arguments of the program; `run` keeps the runs apart where they ask the same server. */
  args(cell: Cell, run: string, served: S): string[];
  /** Holds the spans of a run against what each scenario should leave. */
  check(spans: Span[], cell: Cell): void;
}

/** Declares the tests of a library: a cell each, or a skipped one that says why it cannot run. */
export function testMatrix<S extends Served>(library: Library<S>): void {
  let served: S;
  beforeAll(async () => {
    // What a set-up copies is copied now: while programs run, nothing may hold up who answers them.
    for (const client of library.clients) for (const { setUp } of cellsOf(client)) started(setUp);
    served = await library.start();
  });
  afterAll(async () => {
    await served.stop();
    removeInstallation();
  });
  const bare = new Map<string, Promise<Ran>>();
  for (const client of library.clients) {
    for (const cell of cellsOf(client)) {
      const place = `${cell.sdk} ${cell.kind} node-${cell.node}`;
      const hole = holeOf(client, cell, SET_UPS[cell.setUp].line === null ? 20 : 22);
      if (hole !== null) {
        test.skip(`${place} ${cell.setUp}: ${hole}`);
        continue;
      }
      test.concurrent(`${place} ${cell.setUp}`, async () => {
        const without = bare.get(place) ?? run(library, served, cell, null);
        bare.set(place, without);
        await compare(library, served, cell, await without);
      });
    }
  }
}

interface Ran extends Ended {
  sent: readonly string[];
  spans: Span[];
}

async function run<S extends Served>(
  library: Library<S>,
  served: S,
  cell: Cell,
  setUp: SetUpName | null,
): Promise<Ran> {
  const id = `${cell.sdk}-${cell.kind}-${cell.node}-${setUp ?? 'bare'}`;
  const sink: Sink = await startSink();
  const how = setUp === null ? { flags: [], environment: {} } : started(setUp);
  const { program } = library;
  const name = typeof program === 'string' ? program : program(cell);
  const ended = await runChild(
    join(PROGRAMS, `${name}.${cell.kind}`),
    library.args(cell, id, served),
    {
      flags: how.flags,
      node: nodeBinary(cell.node) ?? process.execPath,
      sinkUrl: sink.url,
      environment: { ...PATIENT, ...how.environment },
      limit_ms: LIMIT_MS,
    },
  );
  await sink.stop();
  return { ...ended, sent: served.sent(id), spans: sink.spans };
}

async function compare<S extends Served>(
  library: Library<S>,
  served: S,
  cell: Cell,
  bare: Ran,
): Promise<void> {
  expect({ code: bare.code, spans: bare.spans }).toEqual({ code: 0, spans: [] });
  const watched = await run(library, served, cell, cell.setUp);
  const setUp: SetUp = SET_UPS[cell.setUp];
  const told = setUp.warns ?? /^/;
  expect(watched.err).toMatch(told);
  expect({ code: watched.code, err: withoutIds(watched.err.replace(told, '')) }).toEqual({
    code: 0,
    err: withoutIds(bare.err),
  });
  expect(differences(bare.out.split('\n'), watched.out.split('\n'))).toEqual([]);
  expect(differences(bare.sent, watched.sent)).toEqual([]);
  const services = new Set(watched.spans.map(({ service }) => service === OWN_SERVICE));
  expect([...services]).toEqual([setUp.goesTo === 'program']);
  library.check(watched.spans, cell);
}

/** Node writes the number of the process before its warnings. */
function withoutIds(lines: string): string {
  return lines.replaceAll(/\(node:\d+\)/g, '');
}

/** The lines that are not the same, so that a failure names the scenario. */
function differences(bare: readonly string[], watched: readonly string[]): unknown[] {
  const length = Math.max(bare.length, watched.length);
  return Array.from({ length }, (_, at) => ({ bare: bare[at], watched: watched[at] })).filter(
    (pair) => pair.bare !== pair.watched,
  );
}
