// The Anthropic scenarios, from an ES module.

import { pathToFileURL } from 'node:url';
import { run } from './anthropic-scenarios.mjs';

const [, , sdk, baseURL] = process.argv;
await run((await import(pathToFileURL(sdk).href)).default, baseURL);
