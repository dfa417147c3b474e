// The manual interface: what it gives back is the function's own, what it records is a tree.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROGRAMS, runChild, startSink, type Span } from './child.ts';

const PRINTED = [
  '42',
  'TypeError: no',
  'later',
  'RangeError: x',
  'true false',
  'rows',
  'SyntaxError: where',
  'flushed',
  '',
].join('\n');

test('without a provider each of them just calls the function', async () => {
  const { out, err, code } = await runChild(join(PROGRAMS, 'manual.mjs'), [], {});
  expect({ out, err, code }).toEqual({ out: PRINTED, err: '', code: 0 });
});

test('registered, the same is printed and a tree arrives', async () => {
  const sink = await startSink();
  const { out, err, code } = await runChild(join(PROGRAMS, 'manual.mjs'), [], {
    preload: 'register',
    sinkUrl: sink.url,
    environment: { OTEL_SERVICE_NAME: 'desk', OTEL_RESOURCE_ATTRIBUTES: 'team=a' },
  });
  await sink.stop();
  expect({ out, err, code }).toEqual({ out: PRINTED, err: '', code: 0 });
  expect(tree(sink.spans, '')).toEqual([
    'execute_tool bad-query !SyntaxError',
    'execute_tool lazy',
    'execute_tool query',
    'invoke_agent async',
    'invoke_agent async-throw !RangeError',
    'invoke_agent planner',
    '  execute_tool after',
    '  execute_tool search',
    '  invoke_agent writer',
    '    execute_tool spell',
    'invoke_agent sync',
    'invoke_agent sync-throw !TypeError',
  ]);
  const of = (name: string): Span => sink.spans.find((span) => span.name === name) as Span;
  expect(of('execute_tool spell').attributes).toEqual({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'spell',
    'gen_ai.tool.type': 'function',
    'gen_ai.agent.name': 'writer',
    'gen_ai.conversation.id': 'talk-1',
    'user.id': 'ada',
    'spanledger.execution.id': 'run-9',
    'spanledger.organisation': 'acme',
    'spanledger.stage': 'writing',
    'spanledger.label.tier': 3,
  });
  expect(of('invoke_agent planner').attributes).toMatchObject({
    'gen_ai.agent.id': 'a-1',
    'gen_ai.agent.version': '2',
    'user.id': 'ada',
  });
  expect(of('invoke_agent writer').attributes['gen_ai.agent.id']).toBeUndefined();
  expect(of('execute_tool query').took_ms).toBeGreaterThan(45);
  expect(of('execute_tool lazy').attributes['spanledger.unfinished']).toBe(true);
  expect(of('execute_tool after').attributes['spanledger.organisation']).toBeUndefined();
  expect(of('execute_tool after').attributes['spanledger.stage']).toBeUndefined();
  expect(of('invoke_agent planner').events).toEqual([
    'spanledger.execution.stage',
    'spanledger.execution.stage_end',
  ]);
  expect(sink.spans.every((span) => span.kind === 1 && span.service === 'desk')).toBe(true);
});

function byOutline(left: string, right: string): number {
  return left < right ? -1 : 1;
}

/** The spans below `parent`, indented, in the order of their names. */
function tree(spans: Span[], parent: string): string[] {
  return spans
    .filter((span) => span.parent_span_id === parent)
    .toSorted((left, right) => byOutline(left.name, right.name))
    .flatMap((span) => {
      const error = span.status === 2 ? ` !${String(span.attributes['error.type'])}` : '';
      return [span.name + error, ...tree(spans, span.span_id).map((line) => `  ${line}`)];
    });
}
