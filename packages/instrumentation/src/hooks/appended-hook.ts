// Patches a file of a library without parsing it: its text stays as it is, line for line, and behind
// its last line the classes and functions of the patch points are handed over by name. Parsing a
// file, and writing it anew, takes a hundred times as long, at each start of each program.
//
// It is done only where each point is certain to be found so; else `null` says to parse the file.

import type { PatchPoint } from './patch-point.ts';
import type { PatchedFile } from './patch-index.ts';

/** Where a file finds whom it tells of itself; there is none where we were loaded by nobody. */
export const HOOKS = Symbol.for('spanledger.hooks');

/**
 * What a file hands over: its classes, and its functions with the way to put others in their place. Each is
 * asked for where a mistake about it is caught: the file itself does nothing that can fail.
 */
export interface HandedOver {
  readonly classes: Readonly<Record<string, () => unknown>>;
  readonly functions: Readonly<Record<string, HandedFunction>>;
  /** Of CommonJS: what was exported under the function's old value. */
  readonly module: { exports: unknown } | null;
}

export type HandedFunction = readonly [value: () => unknown, replace: (hook: unknown) => void];

export interface Hooks {
  /** Of a whole file, when it has run. */
  file(name: string, handed: HandedOver): void;
  /** Of the value of a constant, when it is made. */
  value(library: string, version: string, channelName: string, value: unknown): unknown;
}

const NAME = /^[A-Za-z_$][\w$]*$/;

/** The text with the hand-over behind it; null when a point is not where it would be seen. */
export function withHooks(source: string, file: PatchedFile): string | null {
  const classes = new Map<string, string>();
  const functions = new Set<string>();
  let text = source;
  for (const point of file.points) {
    const place = placeOf(source, point);
    if (place === null) return null;
    if (place === 'absent') continue;
    if ('class' in place) classes.set(place.class, place.binding);
    else if ('function' in place) functions.add(place.function);
    else {
      const changed = withConstant(text, file, point.channelName, place.constant);
      if (changed === null) return null;
      text = changed;
    }
  }
  if (classes.size + functions.size === 0) return text === source ? null : text;
  return `${text}\n${handOver(file, classes, functions)}\n`;
}

type Place =
  'absent' | { class: string; binding: string } | { function: string } | { constant: string };

function placeOf(source: string, { functionQuery: query }: PatchPoint): Place | null {
  if ('className' in query) {
    const { className, methodName } = query;
    if (!NAME.test(className) || !NAME.test(methodName) || methodName === 'constructor')
      return null;
    if (!hasWord(source, className) || !hasWord(source, methodName)) return 'absent';
    const binding = bindingOf(source, className);
    const method = new RegExp(`^[ \\t]+(?:async\\s+)?\\*?\\s*${quoted(methodName)}\\s*\\(`, 'm');
    return binding !== null && method.test(source) ? { class: className, binding } : null;
  }
  const name = 'functionName' in query ? query.functionName : query.expressionName;
  if (!NAME.test(name)) return null;
  if (!hasWord(source, name)) return 'absent';
  if ('expressionName' in query) return { constant: name };
  const begins = `(?:export\\s+(?:default\\s+)?)?(?:async\\s+)?function\\s*\\*?\\s*${quoted(name)}`;
  return new RegExp(`^${begins}\\s*\\(`, 'm').test(source) ? { function: name } : null;
}

/**
 * The variable of the file that holds the class: a declaration, an expression, or what a compiler makes of
 * a class with static parts.
 */
function bindingOf(source: string, name: string): string | null {
  const declared = `class\\s+${quoted(name)}(?![\\w$])`;
  const expression = `(?:var|let|const)\\s+([\\w$]+)\\s*=\\s*class\\s+${quoted(name)}(?![\\w$])`;
  const unnamed = `(?:var|let|const)\\s+${quoted(name)}\\s*=\\s*class(?![\\w$])`;
  const wrapped =
    `(?:var|let|const)\\s+${quoted(name)}\\s*=\\s*(?:exports\\.${quoted(name)}\\s*=\\s*)?` +
    String.raw`(?:/\*\s*@__PURE__\s*\*/\s*)?\(\(\) => \{$`;
  const shapes = [declared, expression, unnamed, wrapped].join('|');
  const found = new RegExp(`^(?:export\\s+(?:default\\s+)?)?(?:${shapes})`, 'm').exec(source);
  return found === null ? null : (found[1] ?? name);
}

/**
 * Behind the end of the constant, which is the first line that closes what its own line has opened. Where
 * that line may belong to something else, in another scope, the file is left to the parser.
 */
function withConstant(
  source: string,
  { library, version }: PatchedFile,
  channelName: string,
  name: string,
): string | null {
  const begins = new RegExp(`^([ \\t]*)const ${quoted(name)} = (?=(?:async )?\\()`, 'gm');
  const [first, second] = [...source.matchAll(begins)];
  if (first === undefined || second !== undefined) return null;
  const indent = first[1] ?? '';
  const end = new RegExp(`^${indent}\\}\\)*;$`, 'm').exec(source.slice(first.index));
  if (end === null) return null;
  const behind = first.index + end.index + end[0].length;
  const lines = source.slice(first.index, behind).split('\n');
  if (/;\s*$/.test(lines[0] ?? '')) return null;
  if (lines.some((line) => line.trim() !== '' && !line.startsWith(indent))) return null;
  const given = [library, version, channelName].map((word) => JSON.stringify(word)).join(', ');
  const told = ` ${name} = ${hooksOf()}?.value(${given}, ${name}) ?? ${name};`;
  const declared = `${indent}let ${name} = `;
  return (
    source.slice(0, first.index) +
    declared +
    source.slice(first.index + first[0].length, behind) +
    told +
    source.slice(behind)
  );
}

function handOver(
  { name }: PatchedFile,
  classes: ReadonlyMap<string, string>,
  functions: ReadonlySet<string>,
): string {
  const named = [...classes].map(([known, binding]) => `${known}: () => ${binding}`);
  const replaced = [...functions].map(
    (each) => `${each}: [() => ${each}, (hook) => { ${each} = hook; }]`,
  );
  const handed =
    `{ classes: { ${named.join(', ')} }, functions: { ${replaced.join(', ')} }, ` +
    `module: typeof module === 'object' ? module : null }`;
  return `;${hooksOf()}?.file(${JSON.stringify(name)}, ${handed});`;
}

function hooksOf(): string {
  return `globalThis[Symbol.for(${JSON.stringify(Symbol.keyFor(HOOKS))})]`;
}

function quoted(name: string): string {
  return name.replaceAll('$', '\\$');
}

const OF_A_WORD = /[\w$]/;

/** Some of these files have a million characters: a plain search is faster than any pattern. */
function hasWord(source: string, name: string): boolean {
  for (let at = source.indexOf(name); at >= 0; at = source.indexOf(name, at + 1)) {
    const before = source[at - 1] ?? ' ';
    const behind = source[at + name.length] ?? ' ';
    if (!OF_A_WORD.test(before) && !OF_A_WORD.test(behind)) return true;
  }
  return false;
}
