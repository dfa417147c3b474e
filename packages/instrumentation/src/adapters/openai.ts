// The openai package, 4 to 7: where it is hooked, whom it calls, and how it fails. What is said
// in each of its APIs is read in the files beside this one.

import type { Attributes } from '@opentelemetry/api';
import { Call, type Failure } from '../call.ts';
import { patchPoints, type PatchPoint } from '../patch-point.ts';
import { fields, put, serverOf, text } from '../request.ts';
import {
  ATTEMPT_CHANNEL,
  BODY_CHANNEL,
  isCancelled,
  PARSE_CHANNEL,
  RAW_CHANNEL,
  UNSUPPORTED_CHANNEL,
  watchSdk,
} from '../sdk-calls.ts';
import { PROVIDER_NAME, SERVER_ADDRESS, SERVER_PORT } from '../semantic-conventions.ts';
import { chatAnswer, chatReader, chatRequest } from './openai-chat.ts';
import { providerAt } from './openai-providers.ts';
import { responsesAnswer, responsesReader, responsesRequest } from './openai-responses.ts';
import { embeddingsAnswer, embeddingsRequest } from './openai-embeddings.ts';

const NAME = 'openai';

export const OPENAI_PATCH_POINTS: readonly PatchPoint[] = [
  ...patchPoints(
    'chat',
    NAME,
    '>=4.0.0 <4.85.0',
    'resources/chat/completions',
    'Completions.create',
  ),
  ...patchPoints(
    'chat',
    NAME,
    '>=4.85.0 <8.0.0',
    'resources/chat/completions/completions',
    'Completions.create',
  ),
  ...patchPoints(
    'responses',
    NAME,
    '>=4.87.0 <8.0.0',
    'resources/responses/responses',
    'Responses.create',
  ),
  ...patchPoints('embeddings', NAME, '>=4.0.0 <8.0.0', 'resources/embeddings', 'Embeddings.create'),
  ...patchPoints(PARSE_CHANNEL, NAME, '>=4.0.0 <5.0.0', 'core', 'APIPromise.parse'),
  ...patchPoints(RAW_CHANNEL, NAME, '>=4.0.0 <5.0.0', 'core', 'APIPromise.asResponse'),
  ...patchPoints(ATTEMPT_CHANNEL, NAME, '>=4.0.0 <5.0.0', 'core', 'APIClient.fetchWithTimeout'),
  ...patchPoints(PARSE_CHANNEL, NAME, '>=5.0.0 <8.0.0', 'core/api-promise', 'APIPromise.parse'),
  ...patchPoints(RAW_CHANNEL, NAME, '>=5.0.0 <8.0.0', 'core/api-promise', 'APIPromise.asResponse'),
  ...patchPoints(ATTEMPT_CHANNEL, NAME, '>=5.0.0 <8.0.0', 'client', 'OpenAI.fetchWithTimeout'),
  ...patchPoints(BODY_CHANNEL, NAME, '>=4.0.0 <5.0.0', 'core', 'defaultParseResponse'),
  ...patchPoints(BODY_CHANNEL, NAME, '>=5.0.0 <8.0.0', 'internal/parse', 'defaultParseResponse'),
  ...patchPoints(UNSUPPORTED_CHANNEL, NAME, '>=8.0.0', 'client', 'OpenAI.fetchWithTimeout'),
];

export function watchOpenAI(): void {
  watchSdk({
    name: NAME,
    failure: openAIFailure,
    operations: [
      {
        channelName: 'chat',
        start: (body, client) => begin('chat', body, client, chatRequest),
        answer: chatAnswer,
        reader: chatReader,
      },
      {
        channelName: 'responses',
        start: (body, client) => begin('chat', body, client, responsesRequest),
        answer: responsesAnswer,
        reader: responsesReader,
      },
      {
        channelName: 'embeddings',
        start: (body, client) => begin('embeddings', body, client, embeddingsRequest),
        answer: embeddingsAnswer,
        reader: chatReader,
      },
    ],
  });
}

function begin(
  operation: string,
  body: unknown,
  client: unknown,
  request: (body: unknown) => Attributes,
): Call {
  const attributes = request(body);
  const baseUrl = fields(client)['baseURL'];
  const server = serverOf(baseUrl);
  put(attributes, PROVIDER_NAME, providerAt(server?.address ?? ''));
  put(attributes, SERVER_ADDRESS, server?.address ?? null);
  put(attributes, SERVER_PORT, server?.port ?? null);
  return new Call(operation, text(fields(body)['model']), attributes);
}

/** The provider's own code where it sent one, else the class of the error. */
function openAIFailure(error: unknown): Failure {
  const { code, type, status } = fields(error);
  const name = error instanceof Error ? error.constructor.name : typeof error;
  return {
    type: word(code) ?? word(type) ?? name,
    status: typeof status === 'number' ? status : null,
    cancelled: isCancelled(error),
  };
}

/** Codes are words; anything longer is a message and does not belong in a dimension. */
function word(value: unknown): string | null {
  return typeof value === 'string' && /^[\w.-]{1,64}$/.test(value) ? value : null;
}
