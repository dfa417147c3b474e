// Telemetry that throws wherever it can throws into nothing: the agent sees what it always saw.

import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROGRAMS, runChild, sdkFolder, type Ended } from './child.ts';
import { startOpenAI, type OpenAIStandIn } from './openai-stand-in.ts';

let provider: OpenAIStandIn;
let bare: Ended;
const run = (place: string) =>
  runChild(
    join(PROGRAMS, 'throwing.mjs'),
    [join(sdkFolder('openai-6'), 'sdk.mjs'), `${provider.url}/${place}/v1`, place],
    { preload: 'hook' },
  );
beforeAll(async () => {
  provider = await startOpenAI();
  bare = await run('nowhere');
});
afterAll(() => provider.stop());

test.each(['sampler', 'start', 'ending', 'end'])('failing at %s', async (place) => {
  const { out, err, code } = await run(place);
  expect(out.split('\n')).toEqual(bare.out.split('\n'));
  expect(code).toBe(0);
  expect(err).toMatch(/^(spanledger: cannot record .*telemetry fails at .*\n)+$/);
});

test('an exporter that throws', async () => {
  const { out, err, code } = await run('export');
  expect(out.split('\n')).toEqual(bare.out.split('\n'));
  expect(code).toBe(0);
  // The SDK's own processor keeps it, and has nothing to say to us.
  expect(err).toBe('');
});
