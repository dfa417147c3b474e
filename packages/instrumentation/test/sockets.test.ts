// Nothing is sent anywhere but to the configured endpoint: every connection, look-up and process of
// programs that use what we have.

import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAnthropic, type AnthropicStandIn } from './anthropic-stand-in.ts';
import { PROGRAMS, runChild, sdkFolder, startSink, type Sink } from './child.ts';
import { startOpenAI, type OpenAIStandIn } from './openai-stand-in.ts';

let openai: OpenAIStandIn;
let anthropic: AnthropicStandIn;
let sink: Sink;
beforeAll(async () => {
  [openai, anthropic, sink] = await Promise.all([startOpenAI(), startAnthropic(), startSink()]);
});
afterAll(() => Promise.all([openai.stop(), anthropic.stop(), sink.stop()]));

const NAMES = 'm-chat,m-stream,m-tool,m-break,m-missing,m-responses-stream,m-embeddings';
const sdk = (name: string): string => join(sdkFolder(name), 'sdk.mjs');

const PROGRAMS_RUN: readonly (readonly [program: string, args: () => string[]])[] = [
  ['openai.mjs', () => [sdk('openai-6'), `${openai.url}/s/v1`, NAMES]],
  ['anthropic.mjs', () => [sdk('anthropic-1'), `${anthropic.url}/s`]],
  ['manual.mjs', () => []],
  ['runs.mjs', () => []],
  ['hostile.mjs', () => []],
];

const tcp = (url: string): string => `tcp ${new URL(url).host}`;

test.each(PROGRAMS_RUN)(
  '%s talks to its provider and to the endpoint only',
  async (program, args) => {
    const { out, code } = await runChild(join(PROGRAMS, program), args(), {
      preload: 'register',
      sinkUrl: sink.url,
      environment: {
        NODE_OPTIONS: `--import=${join(PROGRAMS, 'sockets.mjs')}`,
        SPANLEDGER_CONTENT: 'true',
        SPANLEDGER_QUALITY: 'true',
        // At once, and not by the thread at the exit alone, which is not watched.
        OTEL_BSP_SCHEDULE_DELAY: '1',
      },
    });
    expect(code).toBe(0);
    const line = out.split('\n').findLast((each) => each.startsWith('TALKED TO ')) ?? '';
    const talked = JSON.parse(line.slice('TALKED TO '.length)) as string[];
    const allowed = [sink.url, openai.url, anthropic.url].map(tcp);
    expect(talked.filter((each) => !allowed.includes(each))).toEqual([]);
    // It would see the one that is there.
    expect(talked).toContain(tcp(sink.url));
  },
);
