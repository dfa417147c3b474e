// The openai package over a WebSocket: the realtime clients of 4.77 and later, and the Responses
// API's. One span for each response, from the event that it has begun to the event that it is done.

import { tracingChannel } from 'node:diagnostics_channel';
import type { Attributes } from '@opentelemetry/api';
import { Call } from '../calls/call.ts';
import { isRecording } from '../calls/recording.ts';
import { patchPoints, type MethodCall, type PatchPoint } from '../hooks/patch-point.ts';
import { Received } from '../calls/received.ts';
import { fields, put, putScalar, text } from '../calls/request.ts';
import type { Fields } from '../calls/request.ts';
import { safely } from '../safely.ts';
import * as names from '../semantic-conventions.ts';
import { putTools } from '../calls/tool-definitions.ts';
import { putAudioUsage } from './openai-audio.ts';
import { putServer, word } from './openai-protocol.ts';
import { providerAt } from './openai-providers.ts';
import { responsesAnswer } from './openai-responses.ts';

const NAME = 'openai';
const CHANNEL = 'socket-event';

export const REALTIME_PATCH_POINTS: readonly PatchPoint[] = [
  ...patchPoints(CHANNEL, NAME, '>=4.77.0 <8.0.0', 'lib/EventEmitter', 'EventEmitter._emit'),
  ...patchPoints(CHANNEL, NAME, '>=6.0.0 <8.0.0', 'core/EventEmitter', 'EventEmitter._emit'),
];

/** Responses that one connection has under way; of more, only the figures at the end are told. */
const RESPONSES_LIMIT = 64;

/** What is known of one connection. */
interface Connection {
  session: Fields;
  responses: Map<string, { call: Call; received: Received }>;
}

/** A connection that is dropped in the middle of a response ends it when it is collected. */
const dropped = new FinalizationRegistry<Connection>((connection) => {
  safely('a connection', () => leave(connection));
});

export function watchRealtime(): void {
  const connections = new WeakMap<object, Connection>();
  const connectionOf = (client: object): Connection => {
    const known = connections.get(client);
    if (known !== undefined) return known;
    const connection = { session: {}, responses: new Map() };
    connections.set(client, connection);
    dropped.register(client, connection);
    return connection;
  };
  tracingChannel<unknown, object>(`orchestrion:${NAME}:${CHANNEL}`).start.subscribe((message) => {
    safely('an event', () => {
      const { self, arguments: given } = message as MethodCall;
      if (typeof self !== 'object' || self === null || !isRecording()) return;
      if (given[0] === 'close') leave(connectionOf(self));
      // Each event of the server comes once under this name, and once under its own.
      if (given[0] === 'event') read(connectionOf(self), fields(self), fields(given[1]));
    });
  });
}

/** The connection has ended: what was under way was not finished. */
function leave({ responses }: Connection): void {
  for (const { call, received } of responses.values()) call.abort(soFar(received));
  responses.clear();
}

function soFar(received: Received): Attributes {
  const attributes: Attributes = {};
  received.putStreamed(attributes);
  return attributes;
}

const LAST_EVENTS = new Set([
  'response.done',
  'response.completed',
  'response.incomplete',
  'response.failed',
]);
const TRANSCRIBED = 'conversation.item.input_audio_transcription.completed';

function read(connection: Connection, client: Fields, event: Fields): void {
  const { type, session, response, response_id: id } = event;
  if (typeof type !== 'string') return;
  if (type === 'session.created' || type === 'session.updated')
    connection.session = fields(session);
  else if (type === 'response.created') begin(connection, client, fields(response));
  else if (LAST_EVENTS.has(type)) end(connection, client, fields(response));
  else if (type === TRANSCRIBED) transcribed(connection, client, event);
  else receive(connection, text(id), type, event);
}

function begin(connection: Connection, client: Fields, response: Fields): void {
  const id = text(response['id']);
  if (id === null || connection.responses.size >= RESPONSES_LIMIT) return;
  const call = start(connection, client, response);
  const received = new Received();
  call.soFar = () => soFar(received);
  connection.responses.set(id, { call, received });
}

function start({ session }: Connection, client: Fields, response: Fields): Call {
  const attributes = serverAttributes(client);
  attributes[names.REQUEST_STREAM] = true;
  const isRealtime = response['object'] === 'realtime.response';
  attributes[names.OPENAI_API_TYPE] = isRealtime ? 'realtime' : 'responses';
  const asked = { ...session, ...response };
  putTools(attributes, asked['tools']);
  putScalar(attributes, names.REQUEST_TEMPERATURE, asked['temperature']);
  put(attributes, names.CONVERSATION_ID, text(response['conversation_id']));
  put(attributes, names.RESPONSE_ID, text(response['id']));
  if (isRealtime) return new Call('chat', modelOf(client, asked), attributes);
  // Which model was asked for only the program's own event tells.
  put(attributes, names.RESPONSE_MODEL, text(response['model']));
  return new Call('chat', null, attributes);
}

function serverAttributes(client: Fields): Attributes {
  const attributes: Attributes = {};
  putServer(attributes, fields(client['url'])['href'], providerAt);
  return attributes;
}

/** The session's; the address names it too, as the model or as Azure's deployment. */
function modelOf(client: Fields, asked: Fields): string | null {
  const { url } = client;
  const query = url instanceof URL ? url.searchParams : null;
  return text(asked['model']) ?? text(query?.get('model')) ?? text(query?.get('deployment'));
}

function receive(
  connection: Connection,
  id: string | null,
  type: string,
  { delta, item_id: itemId, item, output_index: place }: Fields,
): void {
  // The Responses API names no response in its events: there is one at a time.
  const [only] = connection.responses.values();
  const under = id === null ? only : connection.responses.get(id);
  if (under === undefined || !type.startsWith('response.')) return;
  under.call.chunk();
  const key = text(itemId) ?? text(fields(item)['id']) ?? place;
  if (type === 'response.output_item.added' && fields(item)['type'] === 'function_call') {
    under.received.toolCall(key, fields(item)['name'], '');
  }
  if (!type.endsWith('.delta')) return;
  if (type.includes('arguments')) under.received.toolCall(key, undefined, delta);
  // Sound comes as base64, and once more as a transcript.
  else if (!type.endsWith('audio.delta')) under.received.text(delta);
}

function end(connection: Connection, client: Fields, response: Fields): void {
  const id = text(response['id']);
  const known = id === null ? undefined : connection.responses.get(id);
  if (id !== null) connection.responses.delete(id);
  const call = known?.call ?? start(connection, client, response);
  const attributes = responsesAnswer(response);
  if (attributes[names.RESPONSE_MODEL] === undefined) {
    put(attributes, names.RESPONSE_MODEL, modelOf(client, connection.session));
  }
  if (response['status'] === 'cancelled') {
    known?.received.putStreamed(attributes);
    call.abort(attributes);
  } else if (response['status'] === 'failed') {
    const error = fields(fields(response['status_details'])['error'] ?? response['error']);
    const failure = word(error['code']) ?? word(error['type']) ?? 'failed';
    call.fail({ type: failure, status: null, cancelled: false }, attributes);
  } else call.succeed(attributes);
}

/** What the user says is written down by another model, with a bill of its own. */
function transcribed({ session }: Connection, client: Fields, event: Fields): void {
  const audio = fields(fields(session['audio'])['input']);
  const settings = fields(audio['transcription'] ?? session['input_audio_transcription']);
  const call = new Call('generate_content', text(settings['model']), {
    ...serverAttributes(client),
    [names.OUTPUT_TYPE]: 'text',
  });
  const attributes: Attributes = {};
  putAudioUsage(attributes, event['usage']);
  call.succeed(attributes);
}
