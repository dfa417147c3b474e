// Two copies of @opentelemetry/api in one program: what one registers, an older one may not see.

import { createRequire } from 'node:module';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { warnOnce } from './safely.ts';

const API = '@opentelemetry/api';

/** Looks from the program and from the one SDK that writes spans itself; one line when they differ. */
export function warnOfCopies(program: string | undefined): void {
  const start = program ?? join(process.cwd(), 'program.js');
  const ours = resolveFrom(import.meta.url, API);
  const sdk = resolveFrom(pathToFileURL(start), '@anthropic-ai/sdk');
  const places = [pathToFileURL(start), ...(sdk === null ? [] : [pathToFileURL(sdk)])];
  for (const place of places) {
    const theirs = resolveFrom(place, API);
    if (ours === null || theirs === null || theirs === ours) continue;
    warnOnce('api', `two copies of ${API}, ${ours} and ${theirs}: some spans may be lost`);
  }
}

function resolveFrom(place: string | URL, name: string): string | null {
  try {
    return realpathSync(createRequire(place).resolve(name));
  } catch {
    return null;
  }
}
