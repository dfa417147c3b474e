// Loads a library as a program would, beneath the preload, and says whether its files were patched:
// seen, not concluded from its version.

import { subscribe } from 'node:diagnostics_channel';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { HOOK_CHANNEL, type HookOutcome } from '../hooks/module-hook.ts';
import { good, type Finding } from './finding.ts';
import { find, type Installed } from './installed.ts';
import { inRange, rangesOf, supported, type Library } from './libraries.ts';

/** For one library in one way; an import may wait for something that never comes. */
const LOAD_LIMIT_MS = 8_000;
/** Turns of the event loop in which the loader's thread has told what it did. */
const TURNS = 5;

const outcomes: HookOutcome[] = [];

export function watchHooks(): void {
  subscribe(HOOK_CHANNEL, (outcome) => void outcomes.push(outcome as HookOutcome));
}

/** `run` false: judged by its version alone. */
export async function libraryFinding(
  found: Installed,
  library: Library,
  run: boolean,
): Promise<Finding> {
  const { name, version } = found;
  const at = { section: 'libraries', name: `${name} ${version}` } as const;
  if (library.byHand !== undefined) {
    return { ...at, state: 'skipped', found: 'not hooked', next_step: library.byHand };
  }
  if (library.through !== undefined && inRange(version, library.through[0])) {
    return good('libraries', at.name, `its calls are recorded ${library.through[1]}`);
  }
  if (!isSupported(found, library)) {
    return {
      ...at,
      state: found.direct ? 'bad' : 'doubt',
      found: `not hooked: ${supported(name, library)} is known here`,
      next_step: 'install a version that is, or tell its calls with recordUsage()',
    };
  }
  if (!run) return { ...at, state: 'skipped', found: 'would be hooked; not tried', next_step: '' };
  const failures = await load(found, library.entries ?? [name]);
  return { ...at, ...judge(found, library, failures) };
}

function isSupported({ version, name }: Installed, { hookedIn, registry }: Library): boolean {
  if (hookedIn !== undefined) return true;
  const ranges = [...rangesOf(name), ...(registry === undefined ? [] : [registry])];
  return ranges.some((range) => inRange(version, range));
}

/** The errors of the entries that load in neither way. */
async function load({ seenFrom }: Installed, entries: readonly string[]): Promise<string[]> {
  const failures: string[] = [];
  for (const entry of entries) {
    const errors = [
      await inTime(importIt(entry, seenFrom)),
      await inTime(requireIt(entry, seenFrom)),
    ];
    if (errors.every((error) => error !== null)) failures.push(`${entry}: ${errors[0]}`);
  }
  for (let turn = 0; turn < TURNS; turn += 1) await nextTurn();
  return failures;
}

async function importIt(entry: string, from: string): Promise<void> {
  const parent = pathToFileURL(path.join(from, 'program.mjs')).href;
  await import(import.meta.resolve(entry, parent));
}

async function requireIt(entry: string, from: string): Promise<void> {
  await Promise.resolve(createRequire(path.join(from, 'program.cjs'))(entry));
}

async function inTime(loading: Promise<void>): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`not loaded within ${LOAD_LIMIT_MS} ms`), LOAD_LIMIT_MS);
  });
  const loaded = loading.then(
    () => null,
    (error: unknown) => String(error).split('\n')[0]?.slice(0, 200) ?? '',
  );
  const outcome = await Promise.race([loaded, late]);
  clearTimeout(timer);
  return outcome;
}

type Judgement = Pick<Finding, 'state' | 'found' | 'next_step'>;

function judge(found: Installed, library: Library, failures: readonly string[]): Judgement {
  const folders = (library.hookedIn ?? []).flatMap((name) => find(name, found.folder) ?? []);
  const places = library.hookedIn === undefined ? [found.folder] : folders;
  const starts = places.map((place) => `${pathToFileURL(place).href}/`);
  const told = outcomes.filter(({ url }) => starts.some((start) => url.startsWith(start)));
  const refused = told.find(({ error }) => error !== undefined);
  if (refused !== undefined) {
    return {
      state: 'bad',
      found: `cannot be patched: ${String(refused.error).split('\n')[0]?.slice(0, 160)}`,
      next_step: 'is its package changed? npm ci; or tell its calls with recordUsage()',
    };
  }
  const files = new Set(told.map(({ url }) => url)).size;
  if (files > 0) {
    const where = library.hookedIn === undefined ? '' : ' of the packages that send for it';
    const text = `hooked: ${files} file${files === 1 ? '' : 's'}${where} patched as they loaded`;
    return { state: 'good', found: text, next_step: '' };
  }
  if (library.registry !== undefined && inRange(found.version, library.registry) && registered()) {
    return { state: 'good', found: 'hooked: by its own telemetry registry', next_step: '' };
  }
  if (failures.length > 0) {
    const next_step = 'the program could not load it either: npm install what is missing';
    return { state: 'bad', found: `cannot be loaded: ${failures[0]}`, next_step };
  }
  return {
    state: 'bad',
    found: 'loaded, but not hooked: none of its known files was loaded through the hook',
    next_step: 'is it bundled or replaced? see docs/instrumentation/bundlers.md',
  };
}

function registered(): boolean {
  const registry = globalThis as { AI_SDK_TELEMETRY_INTEGRATIONS?: unknown[] };
  return (registry.AI_SDK_TELEMETRY_INTEGRATIONS?.length ?? 0) > 0;
}
