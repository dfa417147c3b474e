// The scenarios of the OpenAI Agents SDK, from an ES module.

import { pathToFileURL } from 'node:url';
import { run } from './openai-agents-scenarios.mjs';

const [, , sdk, baseURL] = process.argv;
await run(await import(pathToFileURL(sdk).href), baseURL);
