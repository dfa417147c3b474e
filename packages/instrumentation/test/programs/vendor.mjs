// Plays the scenarios of one client from an ES module: vendor.mjs SCENARIOS SDK URL.

import { pathToFileURL } from 'node:url';
import { play } from './vendor-play.mjs';

const [, , scenarios, sdk, baseURL] = process.argv;
await play(scenarios, await import(pathToFileURL(sdk).href), baseURL);
