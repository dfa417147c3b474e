// Says what of us is in a process that has loaded its SDKs.

import { pathToFileURL } from 'node:url';

const [, , sdk] = process.argv;
const { default: OpenAI } = await import(pathToFileURL(sdk).href);
const { create } = OpenAI.Chat.Completions.prototype;
console.log(
  JSON.stringify({
    patched: create.toString().includes('runStores'),
    registry: globalThis.AI_SDK_TELEMETRY_INTEGRATIONS ?? null,
    marks: Object.getOwnPropertySymbols(globalThis)
      .map((symbol) => symbol.description)
      .filter((name) => /spanledger|opentelemetry/.test(name)),
    listeners: process.listenerCount('exit') + process.listenerCount('SIGTERM'),
  }),
);
