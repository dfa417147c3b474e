// Every supported openai client, used in every way we know of, with us and without: the program
// sees and sends the same, and each call leaves exactly one span with what the provider said.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newerNode, PROGRAMS, runChild, sdkFolder, startSink, type Sink } from './child.ts';
import { checkSpans } from './openai-check.ts';
import { EXPECTED, type Expected } from './openai-expected.ts';
import { startOpenAI, type OpenAIStandIn } from './openai-stand-in.ts';

const cells = [
  { sdk: 'openai-4', kind: 'mjs', node: process.execPath },
  { sdk: 'openai-4', kind: 'cjs', node: process.execPath },
  { sdk: 'openai-5', kind: 'mjs', node: process.execPath },
  { sdk: 'openai-5', kind: 'cjs', node: process.execPath },
  { sdk: 'openai-6', kind: 'mjs', node: process.execPath },
  { sdk: 'openai-6', kind: 'cjs', node: process.execPath },
  { sdk: 'openai-7', kind: 'mjs', node: newerNode(24) },
  { sdk: 'openai-7', kind: 'cjs', node: newerNode(24) },
];

let provider: OpenAIStandIn;
beforeAll(async () => {
  provider = await startOpenAI();
});
afterAll(() => provider.stop());

interface Run {
  preload: 'register' | null;
  names: readonly string[];
  environment?: Record<string, string>;
}

/** What both runs print and send may differ in nothing. */
async function run(cell: (typeof cells)[number], id: string, how: Run, sink: Sink) {
  const { preload, names, environment = {} } = how;
  const ended = await runChild(
    join(PROGRAMS, `openai.${cell.kind}`),
    [
      join(sdkFolder(cell.sdk), `sdk.${cell.kind}`),
      `${provider.url}/${cell.sdk}-${cell.kind}-${id}/v1`,
      names.join(','),
    ],
    { preload, environment, sinkUrl: sink.url, ...(cell.node === null ? {} : { node: cell.node }) },
  );
  return { ...ended, sent: provider.requests.get(`${cell.sdk}-${cell.kind}-${id}`) ?? [] };
}

/** What this version of the client can do. */
function scenariosOf(sdk: string): Record<string, Expected> {
  const major = Number(sdk.slice('openai-'.length));
  return Object.fromEntries(Object.entries(EXPECTED).filter(([, { since = 0 }]) => major >= since));
}

describe.each(cells)('$sdk as $kind', (cell) => {
  const runnable = cell.node !== null;
  test.skipIf(!runnable)(
    runnable ? 'changes nothing and records every call once' : 'skipped: no Node 24 here',
    async () => {
      const sink = await startSink();
      const expected = scenariosOf(cell.sdk);
      const names = Object.keys(expected).filter((name) => expected[name]?.beside === undefined);
      const bare = await run(cell, 'bare', { preload: null, names }, sink);
      expect(bare.code).toBe(0);
      expect(sink.spans).toEqual([]);
      const watched = await run(cell, 'register', { preload: 'register', names }, sink);
      await sink.stop();
      expect(watched.out.split('\n')).toEqual(bare.out.split('\n'));
      expect(watched.sent).toEqual(bare.sent);
      expect({ code: watched.code, err: watched.err }).toEqual({ code: 0, err: bare.err });
      checkSpans(sink.spans, expected, 'openai');
    },
  );
});
