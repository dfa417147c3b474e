// The agent program without telemetry: it is an ordinary program, and runs as one.

import { expect, it } from 'vitest';
import { startAgent, startReplay } from '../src/index.ts';

it('runs without telemetry, and asks the providers what the script foresees', async () => {
  const replay = await startReplay();
  const end = await startAgent({
    env: { PATH: process.env['PATH'] },
    replay_url: replay.url,
    otlp_url: null,
  });
  await expect.poll(() => replay.requests.length).toBe(10);
  await replay.stop();

  expect(end.exit_code, end.errors).toBe(0);
  expect(end.output).toMatch(/^Decision: .*refund/);
  expect(end.output).toMatch(/Letter: \d+ characters/);
  expect(
    replay.requests.map(({ path, status, stream, broken_off }) => [
      path,
      status,
      stream,
      broken_off,
    ]),
  ).toEqual([
    ['/v1/embeddings', 200, false, false],
    ['/v1/messages', 429, false, false],
    ['/v1/messages', 200, false, false],
    ['/v1/messages', 200, false, false],
    ['/v1/chat/completions', 200, false, false],
    ['/v1/messages', 200, false, false],
    ['/v1/responses', 200, false, false],
    ['/v1/messages', 200, true, false],
    ['/v1/chat/completions', 200, true, false],
    ['/v1/chat/completions', 200, true, true],
  ]);
});

it('says which key is missing when it has none', async () => {
  const end = await startAgent({
    env: { PATH: process.env['PATH'] },
    replay_url: null,
    otlp_url: null,
  });
  expect(end.exit_code).toBe(1);
  expect(end.errors).toMatch(/OPENAI_API_KEY/);
});
