// The AI SDK scenarios, from an ES module.

import { pathToFileURL } from 'node:url';
import { run } from './ai-sdk-scenarios.mjs';

const [, , sdk, major, openaiURL, anthropicURL] = process.argv;
await run(await import(pathToFileURL(sdk).href), Number(major), openaiURL, anthropicURL);
