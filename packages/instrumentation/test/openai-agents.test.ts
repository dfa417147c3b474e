// The OpenAI Agents SDK over its own client, and over a model of nobody we know, with us and without:
// the program sees and sends the same, and each billed call is told once, below its agent.

import { join } from 'node:path';
import { expect } from 'vitest';
import { sdkFolder, type Span } from './child.ts';
import { testMatrix } from './matrix/matrix.ts';
import { startOpenAI } from './openai-stand-in.ts';
import { figuresLine, spanTrees } from './span-tree.ts';

/** Input, of it read from the cache and written to it, output, of it reasoning. */
const USAGE = '120/100/-/30/12';

const EXPECTED = [
  [
    'invoke_workflow desk [talk-9]',
    '  invoke_agent host [talk-9]',
    '    guardrail polite [talk-9] passed',
    `    chat m-agent ${USAGE} [talk-9]`,
    '    execute_tool weather [talk-9] 15>26',
    `      chat m-within ${USAGE} [talk-9]`,
    `    chat m-agent ${USAGE} [talk-9]`,
  ],
  ['invoke_workflow desk', '  invoke_agent reader', `    chat m-responses ${USAGE}`],
  ['invoke_workflow desk', '  invoke_agent reader', `    chat m-responses-stream ${USAGE}`],
  [
    'invoke_workflow desk !ToolCallError',
    '  invoke_agent host !_OTHER',
    `    chat m-broken-tool ${USAGE}`,
    '    execute_tool weather !_OTHER 15>-',
  ],
  [
    'invoke_workflow desk',
    '  invoke_agent outer',
    `    chat m-outer ${USAGE}`,
    '    execute_tool weather 15>11',
    '      invoke_agent inner',
    `        chat m-inner ${USAGE}`,
    `    chat m-outer ${USAGE}`,
  ],
  ['invoke_workflow desk', '  invoke_agent alone', '    chat own-1 7/-/-/3/-'],
  ['invoke_workflow desk', '  invoke_agent left', `    chat m-left ${USAGE}`],
  ['invoke_workflow desk', '  invoke_agent right', `    chat m-right ${USAGE}`],
];

function line(span: Span): string {
  const said = span.attributes;
  const size = (name: string): string => String(said[`spanledger.tool.${name}.size`] ?? '-');
  const isTool = said['gen_ai.operation.name'] === 'execute_tool';
  const talk = said['gen_ai.conversation.id'];
  return [
    figuresLine(span),
    ...(talk === undefined ? [] : [`[${String(talk)}]`]),
    ...(isTool ? [`${size('arguments')}>${size('result')}`] : []),
    ...(said['spanledger.guardrail.triggered'] === false ? ['passed'] : []),
  ].join(' ');
}

testMatrix({
  clients: [{ sdk: 'openai-agents-0', needs: 22, cut: ['mjs 24'] }],
  program: 'openai-agents',
  start: async () => {
    const server = await startOpenAI();
    return { ...server, sent: (run) => server.requests.get(run)?.toSorted() ?? [] };
  },
  args: ({ sdk, kind }, run, { url }) => [join(sdkFolder(sdk), `sdk.${kind}`), `${url}/${run}/v1`],
  check: (spans) => {
    expect(spanTrees(spans, line).toSorted(byText)).toEqual(EXPECTED.toSorted(byText));
  },
});

function byText(left: string[], right: string[]): number {
  return left.join('\n') < right.join('\n') ? -1 : 1;
}
