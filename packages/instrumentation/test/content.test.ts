// What was said is on the spans when it is asked for, and nowhere when it is not.

import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAnthropic, type AnthropicStandIn } from './anthropic-stand-in.ts';
import { PROGRAMS, runChild, sdkFolder, startSink, type Span } from './child.ts';
import { startOpenAI, type OpenAIStandIn } from './openai-stand-in.ts';

let openai: OpenAIStandIn;
let anthropic: AnthropicStandIn;
beforeAll(async () => {
  openai = await startOpenAI();
  anthropic = await startAnthropic();
});
afterAll(() => Promise.all([openai.stop(), anthropic.stop()]));

const OPENAI_SCENARIOS = 'm-chat,m-stream,m-responses,m-responses-stream,m-tool';

async function spansOf(environment: Record<string, string>): Promise<Map<string, Span>> {
  const sink = await startSink();
  const options = { preload: 'register', sinkUrl: sink.url, environment } as const;
  const run = (program: string, sdk: string, url: string, names: string[]) =>
    runChild(join(PROGRAMS, program), [join(sdkFolder(sdk), 'sdk.mjs'), url, ...names], options);
  await run('openai.mjs', 'openai-6', `${openai.url}/c/v1`, [OPENAI_SCENARIOS]);
  const spans = new Map(sink.spans.map((span) => [`openai ${span.name}`, span]));
  sink.spans.length = 0;
  await run('anthropic.mjs', 'anthropic-0', `${anthropic.url}/c`, []);
  await sink.stop();
  for (const span of sink.spans) spans.set(`anthropic ${span.name}`, span);
  return spans;
}

const INPUT = [{ role: 'user', parts: [{ type: 'text', content: 'Hi' }] }];
const TEXT = { type: 'text', content: 'Hello there' };

test.each([
  ['openai chat m-chat', TEXT],
  ['openai chat m-stream', { type: 'text', content: 'Hello there!' }],
  ['openai chat m-responses', TEXT],
  ['openai chat m-responses-stream', TEXT],
  [
    'openai chat m-tool',
    { type: 'tool_call', id: 'call_1', name: 'weather', arguments: '{"city":"Bern"}' },
  ],
  ['anthropic chat m-create', TEXT],
  ['anthropic chat m-stream', TEXT],
  [
    'anthropic chat m-tool',
    { type: 'tool_call', id: 'toolu_1', name: 'weather', arguments: { city: 'Bern' } },
  ],
])('%s', async (name, part) => {
  const spans = await captured;
  const { attributes } = spans.get(name) as Span;
  expect(JSON.parse(String(attributes['gen_ai.input.messages']))).toEqual(INPUT);
  const output = JSON.parse(String(attributes['gen_ai.output.messages'])) as unknown;
  expect(output).toEqual([{ role: 'assistant', parts: [part] }]);
});

let captured: Promise<Map<string, Span>>;
beforeAll(() => {
  captured = spansOf({ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true' });
});

test('off, nothing that was said leaves the program', async () => {
  const spans = await spansOf({});
  expect(spans.size).toBeGreaterThan(30);
  const written = JSON.stringify([...spans]);
  for (const said of ['Hello', 'Bern', 'gen_ai.input.messages', 'gen_ai.tool.definitions']) {
    expect(written).not.toContain(said);
  }
});
