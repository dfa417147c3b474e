// Two copies of @opentelemetry/api in one program: what one registers, a newer one does not see.

import { createRequire } from 'node:module';
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { warnOnce } from './safely.ts';

export const API = '@opentelemetry/api';
const PACKAGE = join('@opentelemetry', 'api');

export interface Copy {
  readonly place: string;
  readonly version: string;
}

/**
 * Looks from the program and from the one SDK that writes spans itself. Copies that see each other
 * (the API looks its global up by major version, and an older minor takes a newer one) are no matter.
 */
export function warnOfCopies(program: string | undefined): void {
  const start = program ?? join(process.cwd(), 'program.js');
  const ours = copySeenFrom(import.meta.url);
  const sdk = resolveFrom(pathToFileURL(start), '@anthropic-ai/sdk');
  const places = [pathToFileURL(start), ...(sdk === null ? [] : [pathToFileURL(sdk)])];
  for (const place of places) {
    const theirs = copySeenFrom(place);
    if (ours === null || theirs === null || theirs.place === ours.place) continue;
    if (seesWhatIsRegistered(theirs.version, ours.version)) continue;
    const copies = `${ours.version} at ${ours.place} and ${theirs.version} at ${theirs.place}`;
    warnOnce('api', `two copies of ${API}, ${copies}: spans of the newer one are lost`);
  }
}

/** An older minor version of the API takes a newer one's global; the reverse is refused. */
export function seesWhatIsRegistered(version: string, registered: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [registeredMajor, registeredMinor = 0] = registered.split('.').map(Number);
  return major === registeredMajor && minor <= registeredMinor;
}

/** The copy that a file at this place would load; null when there is none. */
export function copySeenFrom(place: string | URL): Copy | null {
  const main = resolveFrom(place, API);
  if (main === null) return null;
  const folder = main.slice(0, main.lastIndexOf(PACKAGE) + PACKAGE.length);
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Copy;
  return { place: folder, version };
}

function resolveFrom(place: string | URL, name: string): string | null {
  try {
    return realpathSync(createRequire(place).resolve(name));
  } catch {
    return null;
  }
}
