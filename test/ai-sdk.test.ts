// What the ledger makes of the Vercel AI SDK under our instrumentation: of each answer that was
// billed one row with the provider's figures, whichever version's spans told of it.

import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAnthropic } from '../packages/instrumentation/test/anthropic-stand-in.ts';
import {
  newerNode,
  PROGRAMS,
  runChild,
  sdkFolder,
} from '../packages/instrumentation/test/child.ts';
import { startOpenAI } from '../packages/instrumentation/test/openai-stand-in.ts';
import { listen, type StandIn } from '../packages/instrumentation/test/stand-in.ts';
import { ledgerOf } from './replay/ledger.ts';

/** Plain input, cached, cache written, plain output, reasoning; null where nobody said. */
type Figures = readonly (number | null)[];

const OPENAI: Figures = [20, 100, null, 18, 12];
/** The same, where the SDK's span leaves out how much was cached and thought. */
const OPENAI_PLAIN: Figures = [120, null, null, 30, null];
const CLAUDE: Figures = [20, 100, 30, 40, null];
const EMBEDDINGS: Figures = [8, null, null, null, null];
const UNKNOWN: Figures = [null, null, null, null, null];

const BILLED: Readonly<Record<string, readonly Figures[]>> = {
  'm-chat': [OPENAI],
  'm-stream': [OPENAI],
  'm-tool': [OPENAI, OPENAI],
  'm-tool-stream': [OPENAI, OPENAI],
  'm-tool-fails': [OPENAI],
  'm-nested': [OPENAI],
  'm-inner': [OPENAI],
  'm-responses': [OPENAI],
  'm-claude': [CLAUDE],
  'm-claude-stream': [CLAUDE],
  'm-parse': [OPENAI],
  'm-embeddings': [EMBEDDINGS],
  'm-embeddings-many': [EMBEDDINGS],
  'm-retry': [OPENAI],
  'm-break': [OPENAI],
  'm-abort': [UNKNOWN],
};
/** Version 4 is not asked for these. */
const SINCE_5 = ['m-responses', 'm-retry'];
/** Version 5 writes these figures for streams only, 6 for text only. */
const PLAIN: Readonly<Record<number, readonly string[]>> = {
  5: [
    ...['m-chat', 'm-tool', 'm-tool-fails', 'm-nested', 'm-inner', 'm-responses', 'm-parse'],
    'm-retry',
  ],
  6: ['m-parse'],
};

function expectedOf(major: number): Record<string, readonly Figures[]> {
  const asked = Object.entries(BILLED).filter(([name]) => major > 4 || !SINCE_5.includes(name));
  return Object.fromEntries(
    asked.map(([name, calls]) => [
      name,
      PLAIN[major]?.includes(name) === true ? calls.map(() => OPENAI_PLAIN) : calls,
    ]),
  );
}

const sum = (one: bigint | number | null, other: bigint | number | null) =>
  one === null && other === null ? null : Number(one ?? 0) + Number(other ?? 0);

let providers: { openai: StandIn; anthropic: StandIn };
beforeAll(async () => {
  const [openai, anthropic] = await Promise.all([startOpenAI(), startAnthropic()]);
  providers = { openai, anthropic };
});
afterAll(async () => {
  await Promise.all([providers.openai.stop(), providers.anthropic.stop()]);
});

test.each([4, 5, 6, 7])('version %i', async (major) => {
  const node = major < 7 ? process.execPath : newerNode(22);
  if (node === null) return;
  const bodies: { resourceSpans?: unknown[] }[] = [];
  const sink = await listen((_request, response, body) => {
    bodies.push(JSON.parse(body.toString()) as (typeof bodies)[number]);
    response.end('{}');
  });
  const ended = await runChild(
    path.join(PROGRAMS, 'ai-sdk.mjs'),
    [
      path.join(sdkFolder(`ai-${major}`), 'sdk.mjs'),
      String(major),
      `${providers.openai.url}/ledger-${major}/v1`,
      `${providers.anthropic.url}/ledger-${major}`,
    ],
    { preload: 'register', sinkUrl: sink.url, node },
  );
  await sink.stop();
  expect(ended.code).toBe(0);
  // Events of running agents come beside the spans.
  const spans = bodies.flatMap(({ resourceSpans = [] }) => resourceSpans);
  const { counted } = ledgerOf(JSON.stringify({ resourceSpans: spans }));
  const billed: Record<string, Figures[]> = {};
  for (const row of counted) {
    // A refused request is billed nothing, and of one that was cut off nobody knows.
    if (row.status === 'error' || row.request_model === 'm-cut') continue;
    (billed[row.request_model] ??= []).push([
      row.input_uncached,
      row.cache_read,
      sum(row.cache_write_5m, row.cache_write_1h),
      row.output,
      row.reasoning,
    ]);
  }
  expect(billed).toEqual(expectedOf(major));
});
