// LangChain and LangGraph, over a client that is recorded itself and over a model of nobody we know,
// with us and without: the program sees and sends the same, and each billed call is told once.

import { join } from 'node:path';
import { expect } from 'vitest';
import { sdkFolder, type Span } from './child.ts';
import { testMatrix } from './matrix/matrix.ts';
import { startOpenAI } from './openai-stand-in.ts';
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

const EXPECTED: Readonly<Record<string, string[][]>> = {
  'langchain-1': trees(' in model_request', ' in model_request', ' call_1 in tools'),
  'langchain-0': trees(' 4 chunks', ' 5 chunks', ''),
};

testMatrix({
  clients: [
    { sdk: 'langchain-1', cut: ['mjs 24'] },
    { sdk: 'langchain-0', cut: ['cjs 20'] },
  ],
  program: 'langchain',
  start: async () => {
    const server = await startOpenAI();
    return { ...server, sent: (run) => server.requests.get(run) ?? [] };
  },
  args: ({ sdk, kind }, run, { url }) => [join(sdkFolder(sdk), `sdk.${kind}`), `${url}/${run}/v1`],
  check: (spans, { sdk }) => {
    const found = spanTrees(spans, line);
    expect(found.toSorted(byText)).toEqual(EXPECTED[sdk]?.toSorted(byText));
  },
});

function byText(left: string[], right: string[]): number {
  return left.join('\n') < right.join('\n') ? -1 : 1;
}
