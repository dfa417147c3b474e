// The line behind a file's text: which shapes it reaches, what it does when the file runs, and which
// files are left to the parser. Each text runs as CommonJS beside the same text unpatched.

import { tracingChannel } from 'node:diagnostics_channel';
import { expect, test } from 'vitest';
import { withHooks } from '../src/hooks/appended-hook.ts';
import { takeFiles } from '../src/hooks/file-hooks.ts';
import { PatchIndex, type PatchedFile } from '../src/hooks/patch-index.ts';
import type { PatchPoint } from '../src/hooks/patch-point.ts';

const LIBRARY = 'library-of-the-test';
const FILE = `/app/node_modules/${LIBRARY}/index.js`;

const point = (functionQuery: PatchPoint['functionQuery']): PatchPoint => ({
  channelName: 'ask',
  module: { name: LIBRARY, versionRange: '>=1.0.0 <2.0.0', filePath: 'index.js' },
  functionQuery,
});
const METHOD = point({ className: 'Client', methodName: 'ask', kind: 'Sync' });
const FUNCTION = point({ functionName: 'ask', kind: 'Sync' });
const CONSTANT = point({ expressionName: 'ask', kind: 'Sync' });
const BODY = '  ask(word) {\n    return this.before + word;\n  }\n  before = "said ";\n';
const USE = 'exports.run = (word) => new Client().ask(word);';
const PLAIN = 'return `said ${word}`;';

const reached: [shape: string, point: PatchPoint, text: string][] = [
  ['a class', METHOD, `class Client {\n${BODY}}\n${USE}`],
  ['a class by a variable', METHOD, `const Client = class {\n${BODY}};\n${USE}`],
  [
    'a class under another name',
    METHOD,
    `let Client$1 = class Client {\n${BODY}};\n${USE.replace('Client', 'Client$1')}`,
  ],
  [
    'a class with static parts',
    METHOD,
    `var Client = /* @__PURE__ */ (() => {\n  class Client {\n${BODY}  }\n  return Client;\n})();\n${USE}`,
  ],
  [
    'a function that is exported before its text',
    FUNCTION,
    `exports.run = ask;\nfunction ask(word) {\n  ${PLAIN}\n}`,
  ],
  [
    'a function that has properties',
    FUNCTION,
    `function ask(word) {\n  ${PLAIN}\n}\nask.kind = 'a question';\nexports.run = ask;`,
  ],
  ['a constant', CONSTANT, `const ask = (word) => {\n  ${PLAIN}\n};\nexports.run = ask;`],
  [
    'a last line without an end',
    FUNCTION,
    `function ask(word) { ${PLAIN} }\nexports.run = ask; //`,
  ],
];

function run(text: string): (word: string) => unknown {
  const module = { exports: {} as { run: (word: string) => unknown } };
  new Function('module', 'exports', `"use strict";${text}`)(module, module.exports);
  return module.exports.run;
}

function fileOf(wanted: PatchPoint): PatchedFile {
  return { library: LIBRARY, version: '1.2.3', path: 'index.js', name: FILE, points: [wanted] };
}

/** Runs the text behind which the hand-over stands; tells what the file has told of itself. */
function runHooked(text: string, file: PatchedFile) {
  const outcomes: unknown[] = [];
  const index = new PatchIndex([]);
  index.find = () => file;
  takeFiles(index, (library, name, error) => outcomes.push([library, name, error]));
  return { ask: run(text), outcomes };
}

function patchedTextOf(text: string, file: PatchedFile): string {
  const patched = withHooks(text, file);
  if (patched === null) throw new Error('left to the parser');
  // Each line of the text stays where it was.
  expect(patched.split('\n').length).toBeLessThanOrEqual(text.split('\n').length + 2);
  return patched;
}

/** The first arguments of the calls of `step`. */
function toldDuring(step: () => void): unknown[] {
  const told: unknown[] = [];
  const { start } = tracingChannel<unknown, object>(`orchestrion:${LIBRARY}:ask`);
  const listener = (message: unknown): void => {
    told.push((message as { arguments: unknown[] }).arguments[0]);
  };
  start.subscribe(listener);
  step();
  start.unsubscribe(listener);
  return told;
}

const shapeOf = (ask: (word: string) => unknown) => [ask.name, ask.length, { ...ask }];

test.each(reached)('%s is hooked and gives what it gave', (_shape, wanted, text) => {
  const file = fileOf(wanted);
  const { ask, outcomes } = runHooked(patchedTextOf(text, file), file);
  expect(ask('a')).toBe(run(text)('a'));
  expect(shapeOf(ask)).toEqual(shapeOf(run(text)));
  expect(toldDuring(() => expect(ask('b')).toBe('said b'))).toEqual(['b']);
  if (wanted !== CONSTANT) expect(outcomes).toEqual([[LIBRARY, FILE, undefined]]);
});

test.each([
  ['a method', METHOD, `class Client {\n${BODY}}\n${USE}`],
  ['a function', FUNCTION, `function ask(word) {\n  ${PLAIN}\n}\nexports.run = ask;`],
])('%s of a file that is patched twice tells once', (_shape, wanted, text) => {
  const file = fileOf(wanted);
  const { ask } = runHooked(patchedTextOf(patchedTextOf(text, file), file), file);
  expect(toldDuring(() => ask('a'))).toEqual(['a']);
});

test.each([
  ['class', METHOD, `/*\nclass Client {\n${BODY}}\n*/`],
  ['function', FUNCTION, `/*\nfunction ask(word) {\n}\n*/`],
])('a %s that is only a comment fails for us alone', (_what, wanted, comment) => {
  const file = fileOf(wanted);
  const text = `${comment}\nexports.run = (word) => word;`;
  const { ask, outcomes } = runHooked(patchedTextOf(text, file), file);
  expect(ask('a')).toBe('a');
  expect(outcomes).toEqual([[LIBRARY, FILE, expect.any(Error)]]);
});

const left: [shape: string, point: PatchPoint, text: string][] = [
  ['one line that was made small', METHOD, `x();class Client{ask(a){return a}}`],
  ['a class within a function', METHOD, `function make() {\n  class Client {\n${BODY}  }\n}`],
  [
    'a constant of one line',
    CONSTANT,
    `function f() {\n  const ask = (word) => word;\n  return ask;\n}\n{\n  const g = () => {\n  };\n}`,
  ],
  [
    'a constant whose end is not seen',
    CONSTANT,
    `function f() {\n  const ask = (\n    word) => word;\n}\n{\n  const g = () => {\n  };\n}`,
  ],
  [
    'two constants of one name',
    CONSTANT,
    `const ask = () => {\n};\n{\n  const ask = () => {\n  };\n}`,
  ],
];

test.each(left)('%s is left to the parser', (_shape, wanted, text) => {
  expect(withHooks(text, fileOf(wanted))).toBe(null);
});
