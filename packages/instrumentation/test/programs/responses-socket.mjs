// The Responses API over a WebSocket: some responses on one connection, one after the other; prints every
// event that it sees.

import { connect } from 'node:net';
import { pathToFileURL } from 'node:url';

const ASKED = ['whole', 'tool', 'failed', 'cut'];

const [, , sdk, socket, url] = process.argv;
const { default: OpenAI } = await import(pathToFileURL(sdk).href);
const { ResponsesWS } = await import(pathToFileURL(socket).href);
const { hostname: host, port } = new URL(url);
const client = new OpenAI({ apiKey: 'none', baseURL: url });
// The client insists on TLS, and the server of the test has none.
const createConnection = () => connect(Number(port), host);
const responses = new ResponsesWS(client, { createConnection });
const ended = new Promise((resolve) => responses.on('close', resolve));
const asked = [...ASKED];
const next = () =>
  responses.send({ type: 'response.create', model: 'm-socket', input: asked.shift() });
responses.on('error', (error) => console.log('error', error.message));
responses.on('event', (event) => {
  console.log(JSON.stringify(event));
  if (['response.completed', 'response.failed'].includes(event.type)) next();
  if (event.type === 'response.output_text.delta' && event.delta === 'cut') responses.close();
});
next();
await ended;
