// How a program is started with a set-up of OpenTelemetry: the flags, in their order, and where its
// packages are.

import { join } from 'node:path';
import { DIST, PACKAGE, PROGRAMS, sdkFolder } from '../child.ts';
import { installation } from './installation.ts';
import { SET_UPS, type SetUp, type SetUpName } from './set-up-list.ts';

export interface Started {
  flags: string[];
  environment: Record<string, string>;
}

/** The name of the service in what the program's own provider sends. */
export const OWN_SERVICE = 'own-provider';

/** How a program is started with us and this set-up. */
export function started(name: SetUpName): Started {
  const { own, line, oneApi }: SetUp = SET_UPS[name];
  const installed = line !== null && oneApi ? installation(line) : null;
  const register = installed?.register ?? join(DIST, 'register.js');
  const folder = installed?.folder ?? (line === null ? PACKAGE : sdkFolder(line));
  const ours = ['--import', register];
  const theirs = ['--import', join(PROGRAMS, 'own-provider.mjs')];
  const environment: Record<string, string> =
    own === null
      ? {}
      : { OWN_OTEL: join(folder, 'package.json'), OWN_SDK: line ?? 'otel-2', OWN_SERVICE };
  if (own === null) return { flags: ours, environment };
  return { flags: own === 'before' ? [...theirs, ...ours] : [...ours, ...theirs], environment };
}
