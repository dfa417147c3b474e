// The interfaces of OpenAI as its client and those of others speak them: one row each, and how
// they fail.

import type { Attributes } from '@opentelemetry/api';
import { Call, type Failure } from '../calls/call.ts';
import { fields, put, serverOf, text } from '../calls/request.ts';
import type { Fields } from '../calls/request.ts';
import { isCancelled, type Operation } from '../calls/sdk-calls.ts';
import { PROVIDER_NAME, SERVER_ADDRESS, SERVER_PORT } from '../semantic-conventions.ts';
import type { StreamReader } from '../calls/stream-watch.ts';
import { speechAnswer, speechRequest } from './openai-audio.ts';
import { transcriptionAnswer, transcriptionReader, transcriptionRequest } from './openai-audio.ts';
import { askUsage, chatAnswer, chatReader, chatRequest } from './openai-chat.ts';
import { textRequest } from './openai-completions.ts';
import { embeddingsAnswer, embeddingsRequest } from './openai-embeddings.ts';
import { imagesAnswer, imagesReader, imagesRequest } from './openai-images.ts';
import { responsesAnswer, responsesReader, responsesRequest } from './openai-responses.ts';

/** One interface: how it is called in the conventions, and how its two sides are read. */
interface Interface {
  /** The channel of its method, and its name here. */
  name: string;
  operation: string;
  request(body: unknown): Attributes;
  answer(value: unknown): Attributes;
  reader(body: unknown): StreamReader;
  asks?(body: unknown): Fields | null;
}

const CHAT_ANSWERS = { answer: chatAnswer, reader: chatReader, asks: askUsage };
const RESPONSES = {
  request: responsesRequest,
  answer: responsesAnswer,
  reader: responsesReader,
};
const NOTHING = (): Attributes => ({});

const INTERFACES: readonly Interface[] = [
  { name: 'chat', operation: 'chat', request: chatRequest, ...CHAT_ANSWERS },
  { name: 'completions', operation: 'text_completion', request: textRequest, ...CHAT_ANSWERS },
  { name: 'responses', operation: 'chat', ...RESPONSES },
  { name: 'decisions', operation: 'decide', ...RESPONSES },
  {
    name: 'embeddings',
    operation: 'embeddings',
    request: embeddingsRequest,
    answer: embeddingsAnswer,
    reader: chatReader,
  },
  { name: 'rerank', operation: 'rerank', request: NOTHING, answer: chatAnswer, reader: chatReader },
  {
    name: 'images',
    operation: 'generate_content',
    request: imagesRequest,
    answer: imagesAnswer,
    reader: imagesReader,
  },
  {
    name: 'speech',
    operation: 'generate_content',
    request: speechRequest,
    answer: speechAnswer,
    reader: transcriptionReader,
  },
  {
    name: 'transcriptions',
    operation: 'generate_content',
    request: transcriptionRequest,
    answer: transcriptionAnswer,
    reader: transcriptionReader,
  },
  {
    name: 'moderations',
    operation: 'moderation',
    request: NOTHING,
    answer: chatAnswer,
    reader: chatReader,
  },
];

/** Whose bill a call to this host is; null for nobody known. */
type ProviderAt = (host: string) => string | null;

export function operationsOf(providerAt: ProviderAt): Operation[] {
  return INTERFACES.map((each) => ({
    channelName: each.name,
    start: (body, client) => begin(each, body, client, providerAt),
    answer: each.answer,
    reader: each.reader,
    ...(each.asks === undefined ? {} : { asks: each.asks }),
  }));
}

function begin(
  { operation, request }: Interface,
  body: unknown,
  client: unknown,
  providerAt: ProviderAt,
): Call {
  const attributes = request(body);
  putServer(attributes, fields(client)['baseURL'], providerAt);
  return new Call(operation, text(fields(body)['model']), attributes);
}

/** Whom the client calls, and who bills it. */
export function putServer(attributes: Attributes, url: unknown, providerAt: ProviderAt): void {
  const server = serverOf(url);
  put(attributes, PROVIDER_NAME, providerAt(server?.address ?? ''));
  put(attributes, SERVER_ADDRESS, server?.address ?? null);
  put(attributes, SERVER_PORT, server?.port ?? null);
}

/** The provider's own code where it sent one, else the class of the error. */
export function openAIFailure(error: unknown): Failure {
  const { code, type, status, error: envelope } = fields(error);
  const name = error instanceof Error ? error.constructor.name : typeof error;
  // Groq's and Together's clients keep the answer as it came; in a stream, the error in it.
  const kept = fields(envelope);
  const inner = fields(kept['error'] ?? envelope);
  return {
    type: word(code) ?? word(inner['code']) ?? word(type) ?? word(inner['type']) ?? name,
    status: typeof status === 'number' ? status : null,
    cancelled: isCancelled(error),
  };
}

/** Codes are words; anything longer is a message and does not belong in a dimension. */
export function word(value: unknown): string | null {
  return typeof value === 'string' && /^[\w.-]{1,64}$/.test(value) ? value : null;
}
