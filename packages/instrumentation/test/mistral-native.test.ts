// Mistral's client writes spans of its own where it is told to: then these are the only ones.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROGRAMS, runChild, sdkFolder, startSink } from './child.ts';
import { answerMistral } from './mistral-stand-in.ts';
import { startVendor } from './vendor-stand-in.ts';

test.each([
  { says: 'nothing', environment: {}, scope: '@spanledger/instrumentation' },
  { says: 'global', environment: { MISTRAL_SDK_TELEMETRY: 'global' }, scope: /^mistral/ },
])('told $says, each call is one span', async ({ environment, scope }) => {
  const sink = await startSink();
  const provider = await startVendor(answerMistral);
  const { code } = await runChild(
    join(PROGRAMS, 'mistral-native.mjs'),
    [join(sdkFolder('mistral-2'), 'sdk.mjs'), `${provider.url}/run`],
    { preload: 'register', sinkUrl: sink.url, environment },
  );
  await Promise.all([sink.stop(), provider.stop()]);
  expect(code).toBe(0);
  const told = sink.spans.map((span) => ({
    model: span.attributes['gen_ai.request.model'],
    input: span.attributes['gen_ai.usage.input_tokens'],
    scope: span.scope,
  }));
  const each = { input: 120, scope: expect.stringMatching(scope) as unknown };
  expect(told).toEqual([
    { model: 'm-whole', ...each },
    { model: 'm-again', ...each },
  ]);
});
