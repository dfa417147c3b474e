// The Claude Agent SDK, against a stand-in for Claude Code: the program sees the same, each run
// leaves its agent, tools and usage, and nothing that the child itself tells is told twice.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RunUsage } from '../src/adapters/claude-usage.ts';
import { DIST, PROGRAMS, runChild, startSink, type Span } from './child.ts';

const SDK = join(PROGRAMS, 'claude-agent-sdk.mjs');
const SONNET = {
  'gen_ai.usage.input_tokens': 150,
  'gen_ai.usage.cache_read.input_tokens': 100,
  'gen_ai.usage.cache_write.input_tokens': 30,
  'gen_ai.usage.output_tokens': 40,
  'gen_ai.provider.name': 'anthropic',
  'spanledger.usage.of_run': true,
};
const HAIKU = { 'gen_ai.usage.input_tokens': 7, 'gen_ai.usage.output_tokens': 3 };

/** What lies beneath the agent of each run, in the order in which the runs begin. */
const RUNS: Record<string, [name: string, says: Record<string, unknown>][]> = {
  plain: [
    ['chat claude-sonnet', SONNET],
    ['chat claude-haiku', HAIKU],
  ],
  tool: [
    [
      'execute_tool Weather',
      {
        'gen_ai.tool.call.id': 'toolu_1',
        'spanledger.tool.arguments.size': 15,
        'spanledger.tool.result.size': 10,
      },
    ],
    ['chat claude-sonnet', SONNET],
    ['chat claude-haiku', HAIKU],
  ],
  failing: [
    ['chat claude-sonnet', SONNET],
    ['chat claude-haiku', HAIKU],
  ],
  // The second turn's totals hold the first one's.
  turns: [
    ['chat claude-sonnet', SONNET],
    ['chat claude-haiku', HAIKU],
    ['chat claude-sonnet', SONNET],
  ],
  // The session is known: what its other model had used before is not counted again.
  resumed: [['chat claude-sonnet', SONNET]],
  native: [],
  left: [],
};

test('each run leaves an agent, its tools and its usage, and joins the child to its trace', async () => {
  const sink = await startSink();
  const program = join(PROGRAMS, 'claude-agent.mjs');
  const bare = await runChild(program, [SDK], {});
  const options = { preload: 'register', sinkUrl: sink.url } as const;
  const watched = await runChild(program, [SDK, join(DIST, 'index.js')], options);
  await sink.stop();
  expect({ code: watched.code, out: watched.out }).toEqual({ code: 0, out: bare.out });
  const agents = sink.spans.filter(({ name }) => name === 'invoke_agent claude-code');
  const beneath = ({ span_id }: Span): Span[] =>
    sink.spans.filter(({ parent_span_id }) => parent_span_id === span_id);
  expect(agents.map((agent) => beneath(agent).map(({ name }) => name))).toEqual(
    Object.values(RUNS).map((spans) => spans.map(([name]) => name)),
  );
  expect(sink.spans.length).toBe(agents.length + Object.values(RUNS).flat().length);
  const traces = JSON.parse(watched.err) as Record<string, string>;
  for (const [index, [run, spans]] of Object.entries(RUNS).entries()) {
    const agent = agents[index]!;
    for (const [at, [, says]] of spans.entries()) {
      expect(beneath(agent)[at]?.attributes).toMatchObject(says);
    }
    expect(agent.attributes).not.toHaveProperty('gen_ai.usage.input_tokens');
    expect(agent.attributes['error.type']).toBe(run === 'failing' ? 'error_max_turns' : undefined);
    if (run === 'left') continue;
    expect(agent.attributes['gen_ai.conversation.id']).toMatch(/^7f9c24e8/);
    expect(traces[run]).toBe(`00-${agent.trace_id}-${agent.span_id}-01`);
  }
});

const result = (session_id: string, inputTokens: number, input_tokens: number) => ({
  session_id,
  modelUsage: { opus: { inputTokens, outputTokens: inputTokens } },
  usage: { input_tokens, output_tokens: input_tokens },
});
const input = (usage: RunUsage, told: object): unknown =>
  usage.turn(told as Record<string, unknown>).get('opus')?.['gen_ai.usage.input_tokens'];

test('running totals count once, also in a session that is resumed or cleared', () => {
  const first = new RunUsage(false);
  expect(input(first, result('known', 100, 100))).toBe(100);
  expect(input(first, result('known', 160, 60))).toBe(60);
  expect(input(first, result('known', 160, 0))).toBe(undefined);
  // Resumed here: what the session had used is known.
  expect(input(new RunUsage(true), result('known', 200, 30))).toBe(40);
  // Resumed from another process: the totals hold a past that nobody here has counted.
  const foreign = new RunUsage(true);
  expect(input(foreign, result('foreign', 900, 25))).toBe(25);
  expect(input(foreign, result('foreign', 950, 50))).toBe(50);
  // Cleared: the totals begin again.
  expect(input(foreign, result('foreign', 10, 10))).toBe(10);
});

test('no usage is no figure', () => {
  const told = new RunUsage(false).turn({ session_id: 's', modelUsage: { opus: {} } });
  expect(told.get('opus')).toBe(undefined);
});
