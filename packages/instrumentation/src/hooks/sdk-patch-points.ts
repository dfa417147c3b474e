// Where the generated SDKs are hooked beside their methods: what makes the promise, what reads the
// body, what sends a request. The file names are those of the generator.

import { patchPoints, type PatchPoint } from './patch-point.ts';
import { ATTEMPT_CHANNEL, BODY_CHANNEL, PARSE_CHANNEL, RAW_CHANNEL } from '../calls/sdk-calls.ts';

/** Of a client whose core is one file. */
export function oneCorePatchPoints(name: string, range: string): PatchPoint[] {
  return [
    ...patchPoints(PARSE_CHANNEL, name, range, 'core', 'APIPromise.parse'),
    ...patchPoints(RAW_CHANNEL, name, range, 'core', 'APIPromise.asResponse'),
    ...patchPoints(ATTEMPT_CHANNEL, name, range, 'core', 'APIClient.fetchWithTimeout'),
    ...patchPoints(BODY_CHANNEL, name, range, 'core', 'defaultParseResponse'),
  ];
}

/** The same where it is several files; `client` is the class behind the one that is exported. */
export function splitCorePatchPoints(name: string, range: string, client: string): PatchPoint[] {
  return [
    ...patchPoints(PARSE_CHANNEL, name, range, 'core/api-promise', 'APIPromise.parse'),
    ...patchPoints(RAW_CHANNEL, name, range, 'core/api-promise', 'APIPromise.asResponse'),
    ...patchPoints(ATTEMPT_CHANNEL, name, range, 'client', `${client}.fetchWithTimeout`),
    ...patchPoints(BODY_CHANNEL, name, range, 'internal/parse', 'defaultParseResponse'),
  ];
}
