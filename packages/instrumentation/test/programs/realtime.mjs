// The realtime scenarios, from an ES module.

import { pathToFileURL } from 'node:url';
import { run } from './realtime-scenarios.mjs';

const [, , sdk, realtime, url] = process.argv;
const { OpenAIRealtimeWS } = await import(pathToFileURL(realtime).href);
await run((await import(pathToFileURL(sdk).href)).default, OpenAIRealtimeWS, url);
