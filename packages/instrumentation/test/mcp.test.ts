// The Model Context Protocol between two processes, with us and without: the program sees the same, and
// what the server does lies below what the client asked, in one trace.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROGRAMS, runChild, sdkFolder, startSink, type Span } from './child.ts';
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
const cells = [
  {
    sdk: 'mcp-1',
    kind: 'mjs',
    expected: [
      ...COMMON,
      both('tools/call nowhere 2>40 !tool_error'),
      ['client tools/call weather 15>- !Error'],
    ],
  },
  {
    sdk: 'mcp-1-9',
    kind: 'cjs',
    expected: [
      ...COMMON,
      both('tools/call nowhere 2>- !-32602'),
      ['client tools/call weather 15>- !Error'],
    ],
  },
  {
    sdk: 'mcp-2',
    kind: 'mjs',
    expected: [
      ...COMMON,
      both('tools/call nowhere 2>- !-32602'),
      ['client tools/call weather 15>- !REQUEST_TIMEOUT'],
    ],
  },
];

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

test.each(cells)('$sdk as $kind', async ({ sdk, kind, expected }) => {
  const sink = await startSink();
  const run = (preload: 'register' | null) =>
    runChild(join(PROGRAMS, `mcp.${kind}`), [join(sdkFolder(sdk), 'sdk.' + kind)], {
      preload,
      sinkUrl: sink.url,
      environment: { SPANLEDGER_EXIT_LIMIT: '20000' },
    });
  const [bare, watched] = [await run(null), await run('register')];
  await sink.stop();
  expect({ code: bare.code, err: bare.err }).toEqual({ code: 0, err: '' });
  expect(watched.out.split('\n')).toEqual(bare.out.split('\n'));
  expect({ code: watched.code, err: watched.err }).toEqual({ code: 0, err: '' });
  const byText = (left: string[], right: string[]): number =>
    left.join('\n') < right.join('\n') ? -1 : 1;
  expect(spanTrees(sink.spans, line).toSorted(byText)).toEqual(expected.toSorted(byText));
});
