// The openai scenarios, from a file that has types in it.

import { pathToFileURL } from 'node:url';

interface Asked {
  readonly sdk: string;
  readonly baseURL: string;
}

const [, , sdk = '', baseURL = '', names] = process.argv;
const asked: Asked = { sdk, baseURL };
const loaded = (await import(pathToFileURL(asked.sdk).href)) as { default: unknown };
const scenarios = (await import(new URL('openai-scenarios.mjs', import.meta.url).href)) as {
  run(client: unknown, url: string, names: string | undefined): Promise<void>;
};
await scenarios.run(loaded.default, asked.baseURL, names);
