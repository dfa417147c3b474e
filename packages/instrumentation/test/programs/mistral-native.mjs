// Two calls of a client that may write spans of its own: mistral-native.mjs SDK URL.

import { pathToFileURL } from 'node:url';

const [, , sdk, serverURL] = process.argv;
const { Mistral } = await import(pathToFileURL(sdk).href);
const client = new Mistral({ apiKey: 'none', serverURL });
const messages = [{ role: 'user', content: 'Hi' }];
await client.chat.complete({ model: 'm-whole', messages });
await client.chat.complete({ model: 'm-again', messages });
