// Whatever the program hands to the manual interface, its function runs once and its result is
// what comes back.

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PROGRAMS, runChild, startSink, type Sink } from './child.ts';

const PROGRAM = join(PROGRAMS, 'hostile.mjs');

/** How many of each the program has. */
const [VALUES, CALLS, NOTES, RESULTS] = [20, 6, 12, 5];

/** The line each call must print, whatever its argument. */
const ANSWERS = [
  /^(?:with|trackRun)\w*\(.+\) ran 1, returned 42$/,
  /^runWithContext\(.+\) ran 1, returned 42$/,
  /^\w+\(.+\) rejected with boom$/,
  /^[\w ]+\(.+\) returned undefined$/,
  /^\w+ returns: ran 0, returned 42 ran 1$/,
  /^\w+ throws: ran 0, threw boom ran 1$/,
  /^\w+ throws nothing: ran 0, threw undefined ran 1$/,
  /^\w+ returns a (?:proxy|bad thenable): ran 0, returned an object ran 1$/,
];

describe.each(['bare', 'register'] as const)('%s', (preload) => {
  test('every function runs once and gives back its own', async () => {
    const sink = await startSink();
    const { out, err, code } = await run(preload, sink);
    await sink.stop();
    const lines = out.trimEnd().split('\n');
    expect(lines.filter((line) => !ANSWERS.some((answer) => answer.test(line)))).toEqual([]);
    expect(lines).toHaveLength(VALUES * (2 * CALLS + NOTES) + RESULTS * CALLS);
    expect(code).toBe(0);
    expect(err).toMatch(/^(spanledger: .*\n)+$/);
    expect(err.match(/recorded as "unnamed"/g)).toHaveLength(1);
    const seen = new Set(sink.spans.map(({ name }) => name));
    const expected = ['unnamed', '7', 'true', '5', 'a', 'id', 'labels', 'fine'];
    expect([...seen].toSorted()).toEqual(
      preload === 'bare'
        ? []
        : [
            ...expected.flatMap((name) => [`execute_tool ${name}`, `invoke_agent ${name}`]),
            ...['invoke_agent generation', 'invoke_agent notes', 'chat 7', 'chat true'],
          ].toSorted(),
    );
    const numbered = sink.spans.find(({ name }) => name === 'invoke_agent a');
    if (preload === 'register')
      expect(numbered?.attributes).toMatchObject({ 'user.id': '8', 'spanledger.label.n': '1' });
  });
});

function run(preload: 'bare' | 'register', sink: Sink) {
  return runChild(PROGRAM, [], preload === 'bare' ? {} : { preload, sinkUrl: sink.url });
}
