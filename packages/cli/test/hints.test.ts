// Hints can be typed as they stand, and reasons are said once, in one word.

import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderCoverage, renderCoverageExplained } from '../src/coverage.ts';
import { checkUnderstood } from '../src/understood.ts';
import { runnable } from '../src/runnable.ts';
import { openTerminal } from '../src/terminal.ts';

let folder = '';
const bin = () => path.join(folder, 'bin');
const npm = () => path.join(folder, 'node_modules', '.bin');
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'spanledger-hints-'));
  for (const place of [bin(), npm()]) {
    await mkdir(place, { recursive: true });
    await writeFile(path.join(place, 'spanledger'), '');
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a hint', () => {
  const hint = 'run "spanledger doctor" to see; spanledger --help';

  it('stays as it is where the command is on the PATH', () => {
    expect(runnable(hint, `/nowhere${path.delimiter}${bin()}`)).toBe(hint);
  });

  it('names npx where it is not, or is only where npm put it', () => {
    const expected = 'run "npx spanledger doctor" to see; npx spanledger --help';
    for (const search of [undefined, '', folder, npm()]) {
      expect(runnable(hint, search)).toBe(expected);
    }
    expect(runnable(expected, '')).toBe(expected);
  });

  it('leaves names alone that only contain it', () => {
    for (const text of ['@spanledger/demo is', 'no Spanledger service', 'x-spanledger y']) {
      expect(runnable(text, '')).toBe(text);
    }
  });
});

describe('coverage', () => {
  const terminal = openTerminal({ write: () => {} }, { write: () => {} }, {});
  const calls = { calls: 9, with_usage: 4, priced: 3 };

  it('says apart why usage and why cost is not known, and nothing twice', () => {
    const reasons = {
      'cost:partial_usage': 5,
      'cost:unknown_model': 1,
      'cost:no_usage': 2,
      'usage:partial_usage': 5,
      'usage:stream_without_usage': 2,
    };
    expect(renderCoverage(terminal, { ...calls, reasons })).toBe(
      'Coverage   4 of 9 calls with usage · 3 of 9 priced · usage: 5 × partial_usage · 2 × stream_without_usage · cost: 1 × unknown_model',
    );
  });

  it('names the scopes whose spans nobody understands', () => {
    const unclaimed_spans = { 'new.instrumentation': 12, other: 1 };
    const coverage = { ...calls, reasons: {}, unclaimed_spans };
    expect(renderCoverage(terminal, coverage)).toMatch(
      / · 12 unclaimed GenAI spans from new\.instrumentation · 1 unclaimed GenAI spans from other$/,
    );
    expect(checkUnderstood(coverage)).toMatchObject({
      state: 'doubt',
      found: 'unclaimed GenAI spans in the last day: 12 from new.instrumentation, 1 from other',
    });
    expect(checkUnderstood({ ...coverage, unclaimed_spans: {} })).toMatchObject({ state: 'good' });
  });

  it('tells doubts behind the reasons', () => {
    const reasons = { 'usage:partial_usage': 5 };
    const doubts = { figures_differ: 1, no_call_telemetry: 2 };
    expect(renderCoverage(terminal, { ...calls, reasons, doubts })).toMatch(
      / · usage: 5 × partial_usage · doubts: 1 × figures_differ · 2 × no_call_telemetry$/,
    );
  });

  it('says what its words mean: as the service tells, else as this version knows', () => {
    const narrow = openTerminal({ write: () => {}, columns: 80 }, { write: () => {} }, {});
    const reasons = { 'usage:partial_usage': 5, 'cost:partial_usage': 5, 'cost:no_usage': 2 };
    const doubts = { figures_differ: 1, of_tomorrow: 1 };
    const known = renderCoverageExplained(narrow, { ...calls, reasons, doubts });
    expect(known).toContain('\n  partial_usage: input or output is known, the other is not\n');
    expect(known.match(/partial_usage: /g)).toHaveLength(1);
    expect(known).not.toMatch(/no_usage:|of_tomorrow: /);
    expect(Math.max(...known.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    const meanings = { of_tomorrow: { means: 'what comes', remedy: 'wait' } };
    expect(renderCoverageExplained(narrow, { ...calls, reasons, doubts, meanings })).toMatch(
      /\n {2}of_tomorrow: what comes; to do: wait$/,
    );
  });

  it('takes the reasons of an account as they are', () => {
    expect(renderCoverage(terminal, { ...calls, reasons: { partial_usage: 5 } })).toMatch(
      / · 5 × partial_usage$/,
    );
  });
});
