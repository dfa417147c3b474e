// The manual interface from a program to the ledger: usage told by hand counts once and belongs to its
// agent, runs tell of themselves while they go on, and of a killed process what began is known.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Service } from './service.ts';

const LIMIT_MS = 120_000;
const PAGES = path.join(import.meta.dirname, '../docs/instrumentation');

let service: Service;
beforeAll(async () => {
  service = await Service.start({ environment: { SPANLEDGER_TICK_MS: '50' } });
}, LIMIT_MS);
afterAll(() => service.stop());

/** Runs a program with the instrumentation; `kill` ends it when it has printed. */
async function run(program: string, kill = false): Promise<void> {
  const preload = ['--import', '@spanledger/instrumentation/register'];
  const child = spawn(process.execPath, [...preload, '--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
    env: { PATH: process.env['PATH'], OTEL_EXPORTER_OTLP_ENDPOINT: service.url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (kill) child.stdout.once('data', () => child.kill('SIGKILL'));
  else child.stdout.resume();
  await once(child, 'close');
}

const exampleOf = (page: string): string =>
  /```js\n(.*?)```/s.exec(readFileSync(path.join(PAGES, page), 'utf8'))?.[1] ?? '';

async function rows(query: string): Promise<unknown[]> {
  const response = await fetch(`${service.clickHouseUrl}/?database=spanledger`, {
    method: 'POST',
    body: `${query} FORMAT JSONCompactEachRow SETTINGS output_format_json_quote_64bit_integers = 0`,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
}

test(
  'what is told by hand and by results is counted once, for its agent',
  { timeout: LIMIT_MS },
  async () => {
    for (const page of ['usage-by-hand.md', 'executions.md']) await run(exampleOf(page));
    await vi.waitFor(
      async () => {
        expect(
          await rows(`SELECT agent_name, provider, model, sum(calls), sum(input_uncached),
          sum(cache_read), sum(u.output), countIf(cost_usd > 0) > 0 FROM usage AS u
          GROUP BY agent_name, provider, model HAVING sum(calls) > 0 ORDER BY ALL`),
        ).toEqual([
          ['checker', 'openai', 'gpt-4o-mini', 1, 20, null, 5, 1],
          ['editor', 'anthropic', 'claude-sonnet-4-5', 1, 200, 1000, 90, 1],
          ['generation', 'openai', 'gpt-4o', 1, 900, null, 200, 1],
          ['host', 'openai', 'gpt-4o', 2, 420, null, 70, 1],
        ]);
        expect(
          await rows(`SELECT execution_id, agent_name, status, calls FROM runs
          WHERE execution_id IN ('e-1', 'g-1', 'g-2') ORDER BY execution_id`),
        ).toEqual([
          ['e-1', 'host', 'unset', 1],
          ['g-1', 'generation', 'unset', 1],
          ['g-2', 'generation', 'error', 0],
        ]);
      },
      { timeout: LIMIT_MS, interval: 100 },
    );
  },
);

test(
  'a run is seen while it goes on, and where its process was killed',
  { timeout: LIMIT_MS },
  async () => {
    await run(
      `import { flush, withAgent, withStage } from '@spanledger/instrumentation';
     const forever = setInterval(() => {}, 1000);
     void withAgent({ name: 'dying', execution_id: 'd-1' }, () =>
       withStage('llm_call', () => new Promise(() => forever)));
     await flush();
     console.log('told');`,
      true,
    );
    await vi.waitFor(
      async () => {
        expect(
          await rows(`SELECT execution_id, agent_name, argMax(stage, start_time) AS stage
          FROM run_events GROUP BY execution_id, agent_name HAVING countIf(event = 'end') = 0`),
        ).toEqual([['d-1', 'dying', 'llm_call']]);
      },
      { timeout: LIMIT_MS, interval: 100 },
    );
  },
);

test('routes, skips and stages are rows', { timeout: LIMIT_MS }, async () => {
  await run(exampleOf('agents.md'));
  await vi.waitFor(
    async () => {
      expect(
        await rows(`SELECT agent_name, event, status, stage,
            attributes['spanledger.route.chosen'], attributes['spanledger.skip.confidence']
          FROM run_events WHERE agent_name IN ('router', 'gossip') AND event != 'span'
          ORDER BY start_time`),
      ).toEqual([
        ['router', 'start', 'running', '', '', ''],
        ['router', 'stage', '', 'pre_process', '', ''],
        ['router', 'stage_end', '', 'pre_process', '', ''],
        ['router', 'route', '', '', 'travel', ''],
        ['router', 'end', 'success', '', '', ''],
        ['gossip', 'start', 'running', '', '', ''],
        ['gossip', 'skip', '', '', '', '0.93'],
        ['gossip', 'status', 'skipped', '', '', ''],
        ['gossip', 'end', 'skipped', '', '', ''],
      ]);
    },
    { timeout: LIMIT_MS, interval: 100 },
  );
});
