// The openai scenarios, from an ES module.

import { pathToFileURL } from 'node:url';
import { run } from './openai-scenarios.mjs';

const [, , sdk, baseURL, names] = process.argv;
await run((await import(pathToFileURL(sdk).href)).default, baseURL, names);
