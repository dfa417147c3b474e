// LangChain and LangGraph, over a client that is recorded itself and over a model of nobody we know,
// with us and without: the program sees and sends the same, and each billed call is told once.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newerNode, PROGRAMS, runChild, sdkFolder, startSink, type Span } from './child.ts';
import { startOpenAI, type OpenAIStandIn } from './openai-stand-in.ts';
import { figuresLine, spanTrees } from './span-tree.ts';

/** Input, of it read from the cache and written to it, output, of it reasoning. */
const OPENAI = '120/100/-/30/12';
const FAKE = '150/100/30/40/12';

const GRAPH = [
  'invoke_agent LangGraph [thread-7]',
  `  chat f-tools ${FAKE} [thread-7] in plan`,
  '  execute_tool weather 15>25 call_1 [thread-7] in act',
  `    chat f-within ${FAKE} [thread-7] in act`,
  `  chat f-tools ${FAKE} [thread-7] in tell`,
];

/** In the order of the scenarios; spans come in the order in which they end, so roots are sorted. */
const trees = (first: string, second: string, tools: string): string[][] => [
  ['invoke_workflow ask', `  chat m-chat ${OPENAI}`],
  ['invoke_workflow RunnableSequence', `  chat m-stream ${OPENAI} 5 chunks`],
  [`chat f-plain ${FAKE}`],
  [`chat f-stream ${FAKE} 3 chunks`],
  ['chat f-left 1 chunks'],
  [`chat f-cached ${FAKE}`],
  [`chat f-batch ${FAKE}`],
  [`chat f-batch ${FAKE}`],
  ['chat f-broken !RangeError'],
  ['embeddings m-embeddings 8/-/-/-/-'],
  ['execute_tool failing !TypeError 7>-'],
  ['retrieval Shelf 1 found'],
  GRAPH,
  GRAPH,
  [
    'invoke_agent host',
    `  chat m-agent ${OPENAI}${first}`,
    `  execute_tool weather 15>25${tools}`,
    `    chat f-within ${FAKE}${tools.replace(' call_1', '')}`,
    `  chat m-agent ${OPENAI}${second}`,
  ],
];

function line(span: Span): string {
  const said = span.attributes;
  const tool =
    said['gen_ai.operation.name'] === 'execute_tool'
      ? ` ${String(said['spanledger.tool.arguments.size'])}>${String(said['spanledger.tool.result.size'] ?? '-')}`
      : '';
  const more = [
    ['gen_ai.tool.call.id', (value: unknown) => String(value)],
    ['spanledger.stream.chunks', (value: unknown) => `${String(value)} chunks`],
    ['spanledger.retrieved.count', (value: unknown) => `${String(value)} found`],
    ['gen_ai.conversation.id', (value: unknown) => `[${String(value)}]`],
    ['spanledger.stage', (value: unknown) => `in ${String(value)}`],
  ] as const;
  const told = more.map(([name, word]) => (said[name] === undefined ? '' : ` ${word(said[name])}`));
  return figuresLine(span) + tool + told.join('');
}

/** The newest as ES modules and the oldest kind as CommonJS: both forms are hooked by the same table. */
const cells = [
  {
    sdk: 'langchain-1',
    kind: 'mjs',
    node: newerNode(24) ?? process.execPath,
    expected: trees(' in model_request', ' in model_request', ' call_1 in tools'),
  },
  {
    sdk: 'langchain-0',
    kind: 'cjs',
    node: process.execPath,
    expected: trees(' 4 chunks', ' 5 chunks', ''),
  },
];

let provider: OpenAIStandIn;
beforeAll(async () => {
  provider = await startOpenAI();
});
afterAll(() => provider.stop());

describe.each(cells)('$sdk as $kind', ({ sdk, kind, node, expected }) => {
  test('changes nothing and tells each call once', async () => {
    const sink = await startSink();
    const run = async (preload: 'register' | null) => {
      const id = `${sdk}-${kind}-${preload ?? 'bare'}`;
      const program = join(PROGRAMS, `langchain.${kind}`);
      const args = [join(sdkFolder(sdk), `sdk.${kind}`), `${provider.url}/${id}/v1`];
      const environment = { SPANLEDGER_EXIT_LIMIT: '20000' };
      const ended = await runChild(program, args, {
        preload,
        node,
        sinkUrl: sink.url,
        environment,
      });
      return { ...ended, sent: provider.requests.get(id) };
    };
    const [bare, watched] = [await run(null), await run('register')];
    await sink.stop();
    expect(bare.code).toBe(0);
    expect(watched.out.split('\n')).toEqual(bare.out.split('\n'));
    expect(watched.sent).toEqual(bare.sent);
    expect({ code: watched.code, err: watched.err }).toEqual({ code: 0, err: bare.err });
    const found = spanTrees(sink.spans, line);
    expect(found.toSorted(byText)).toEqual(expected.toSorted(byText));
  });
});

function byText(left: string[], right: string[]): number {
  return left.join('\n') < right.join('\n') ? -1 : 1;
}
