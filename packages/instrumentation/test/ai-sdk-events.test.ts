// Agents of the Vercel AI SDK 7 tell that they run while they run: when one starts, each model call
// as a stage, and how it ended.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startAnthropic } from './anthropic-stand-in.ts';
import { newerNode, PROGRAMS, runChild, sdkFolder, startSink, type Event } from './child.ts';
import { startOpenAI } from './openai-stand-in.ts';

const node = newerNode(24);

test('each agent has a start, its stages and an end', async () => {
  // Newer Nodes exist for some platforms only.
  if (node === null) return;
  const [openai, anthropic, sink] = await Promise.all([
    startOpenAI(),
    startAnthropic(),
    startSink(),
  ]);
  const args = [
    join(sdkFolder('ai-7'), 'sdk.mjs'),
    '7',
    `${openai.url}/e/v1`,
    `${anthropic.url}/e`,
  ];
  const options = { node, preload: 'register' as const, sinkUrl: sink.url };
  const { code } = await runChild(join(PROGRAMS, 'ai-sdk.mjs'), args, options);
  await Promise.all([openai.stop(), anthropic.stop(), sink.stop()]);
  expect(code).toBe(0);
  const agents = sink.spans.filter(({ name }) => name.startsWith('invoke_agent'));
  expect(agents.length).toBeGreaterThan(0);
  for (const { span_id, attributes, status } of agents) {
    const calls = sink.spans.filter(
      ({ name, parent_span_id }) => parent_span_id === span_id && name.startsWith('chat '),
    );
    const stages = calls.flatMap(() => ['stage', 'stage_end']);
    expect(namesOf(sink.events, span_id)).toEqual(['start', ...stages, 'end']);
    const last = sink.events.findLast((event) => event.span_id === span_id);
    const outcome = status === 2 ? 'failed' : 'success';
    expect(last?.attributes['spanledger.status']).toBe(outcome);
    expect(attributes['spanledger.status']).toBe(outcome);
  }
});

/** In the order in which they happened. */
function namesOf(events: readonly Event[], span_id: string): string[] {
  return events
    .filter((event) => event.span_id === span_id)
    .sort((a, b) => (BigInt(a.time_ns) < BigInt(b.time_ns) ? -1 : 1))
    .map(({ name }) => name.replace('spanledger.execution.', ''));
}
