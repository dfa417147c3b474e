// What holds for every command: the service, the key, and whether the answer is for a program.

import { Failure } from './failure.ts';

export interface Settings {
  readonly url: URL;
  readonly key: string | undefined;
  /** Whose data; only a key of all organisations needs it. */
  readonly org: string | undefined;
  readonly json: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export const DEFAULT_URL = 'http://127.0.0.1:4318';

export function readSettings(
  options: Readonly<Record<string, unknown>>,
  env: Environment,
): Settings {
  const given = String(options['url'] ?? (env['SPANLEDGER_URL'] || DEFAULT_URL));
  const url = URL.canParse(given) ? new URL(given.endsWith('/') ? given : `${given}/`) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new Failure(
      'wrong_use',
      'invalid_url',
      `cannot use --url: "${given.slice(0, 120)}" is not an http or https address`,
      `write it like ${DEFAULT_URL}`,
    );
  }
  const key = options['key'] ?? env['SPANLEDGER_KEY'];
  const org = options['org'] ?? env['SPANLEDGER_ORG'];
  return Object.freeze({
    url,
    key: typeof key === 'string' && key !== '' ? key : undefined,
    org: typeof org === 'string' && org !== '' ? org : undefined,
    json: options['json'] === true,
  });
}
