// The program under test over a WebSocket: it asks for some responses, one after the other, and
// prints every event that it sees.

import { connect } from 'node:net';

/** What the server is to do, in the words of the client: an event of its own for each. */
const ASKED = ['whole', 'tool', 'failed', 'cancelled', 'spoken', 'cut'];

export async function run(OpenAI, OpenAIRealtimeWS, url) {
  const { hostname: host, port } = new URL(url);
  const client = new OpenAI({ apiKey: 'none', baseURL: url });
  // The client insists on TLS, and the server of the test has none.
  const options = { createConnection: () => connect(Number(port), host) };
  const realtime = new OpenAIRealtimeWS({ model: 'm-realtime', options }, client);
  const ended = new Promise((resolve) => realtime.socket.on('close', resolve));
  const asked = [...ASKED];
  const next = () => realtime.send({ type: 'response.create', event_id: asked.shift() });
  realtime.on('error', (error) => console.log('error', error.message));
  realtime.on('event', (event) => console.log(JSON.stringify(event)));
  realtime.on('session.created', next);
  realtime.on('response.done', ({ response }) => console.log('done', response.id));
  realtime.on('response.done', () => next());
  realtime.on('conversation.item.input_audio_transcription.completed', next);
  realtime.on('response.created', ({ response }) => {
    if (response.id === 'resp_cut') setImmediate(() => realtime.close());
  });
  await ended;
}
