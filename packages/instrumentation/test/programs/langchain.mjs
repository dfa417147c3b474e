// The LangChain scenarios, from an ES module.

import { pathToFileURL } from 'node:url';
import { run } from './langchain-scenarios.mjs';

const [, , sdk, baseURL] = process.argv;
await run(await import(pathToFileURL(sdk).href), baseURL);
