// The Model Context Protocol between two processes, with us and without: the program sees the same, and
// what the server does lies below what the client asked, in one trace.

import { join } from 'node:path';
import { expect } from 'vitest';
import { sdkFolder, type Span } from './child.ts';
import { testMatrix } from './matrix/matrix.ts';
import { spanTrees } from './span-tree.ts';

/** Asked and answered; `name arguments>result`. */
const both = (line: string): string[] => [`client ${line}`, `  server ${line}`];

const COMMON = [
  both('tools/list 2 tools'),
  ...['Bern', 'Rome', 'Bonn', 'Lima', 'Oslo'].map(() => both('tools/call weather 15>13')),
  both('tools/call failing 2>13 !tool_error'),
  both('prompts/get greeting'),
];

/** What each version makes of a tool that is not there, and of a call that was called off before. */
const REFUSED = both('tools/call nowhere 2>- !-32602');
const EXPECTED: Readonly<Record<string, string[][]>> = {
  'mcp-1': [
    ...COMMON,
    both('tools/call nowhere 2>40 !tool_error'),
    ['client tools/call weather 15>- !Error'],
  ],
  'mcp-1-9': [...COMMON, REFUSED, ['client tools/call weather 15>- !Error']],
  'mcp-2': [...COMMON, REFUSED, ['client tools/call weather 15>- !REQUEST_TIMEOUT']],
};

function line(span: Span): string {
  const said = span.attributes;
  expect(said['spanledger.mcp.server']).toBe('weather-desk');
  const isTool = said['mcp.method.name'] === 'tools/call';
  expect(said['gen_ai.operation.name']).toBe(isTool ? 'execute_tool' : undefined);
  const size = (name: string): string => String(said[`spanledger.tool.${name}.size`] ?? '-');
  const tools = said['spanledger.tools.count'];
  if (tools !== undefined) expect(said['spanledger.tools.size']).toBeGreaterThan(200);
  return [
    span.kind === 3 ? 'client' : 'server',
    span.name,
    ...(isTool ? [`${size('arguments')}>${size('result')}`] : []),
    ...(tools === undefined ? [] : [`${String(tools)} tools`]),
    ...(span.status === 2 ? [`!${String(said['error.type'])}`] : []),
  ].join(' ');
}

testMatrix({
  clients: [
    { sdk: 'mcp-1', cut: ['mjs 20'] },
    { sdk: 'mcp-1-9', cut: ['cjs 20'] },
    { sdk: 'mcp-2', cut: ['mjs 20'] },
  ],
  program: 'mcp',
  // The program starts its server itself, a child of the same flags.
  start: async () => ({ sent: () => [], stop: async () => {} }),
  args: ({ sdk, kind }) => [join(sdkFolder(sdk), `sdk.${kind}`)],
  check: (spans, { sdk }) => {
    const found = spanTrees(spans, line);
    const byText = (left: string[], right: string[]): number =>
      left.join('\n') < right.join('\n') ? -1 : 1;
    expect(found.toSorted(byText)).toEqual(EXPECTED[sdk]?.toSorted(byText));
  },
});
