// The cohere-ai package, 7 and 8: chat of both versions of the API, its older completions,
// embeddings and rankings.

import type { Attributes } from '@opentelemetry/api';
import { Call, type Failure } from '../calls/call.ts';
import {
  constantPoints,
  patchPoints,
  type MethodCall,
  type PatchPoint,
} from '../hooks/patch-point.ts';
import { watchPromises, type PromiseOperation } from '../calls/promise-calls.ts';
import { fields, put, serverOf, text } from '../calls/request.ts';
import { ATTEMPT_CHANNEL, isCancelled, UNSUPPORTED_CHANNEL } from '../calls/sdk-calls.ts';
import * as names from '../semantic-conventions.ts';
import { cohereAnswer, CohereReader, cohereRequest } from './cohere-chat.ts';

const NAME = 'cohere-ai';
const JS = ['.js'];
const FIRST = 'Client';
const SECOND = 'api/resources/v2/client/Client';

/** From 7.18 on the public methods wrap promises of their own kind around those below them. */
function hook(channelName: string, method: string, inSecond: boolean): PatchPoint[] {
  const first = (range: string, name: string) =>
    patchPoints(channelName, NAME, range, FIRST, `CohereClient.${name}`, JS);
  const second = (range: string, client: string, name: string) =>
    patchPoints(channelName, NAME, range, SECOND, `${client}.${name}`, JS);
  return [
    ...first('>=7.14.0 <7.18.0', method),
    ...first('>=7.18.0 <9.0.0', `__${method}`),
    ...(inSecond
      ? [
          ...second('>=7.14.0 <7.18.0', 'V2', method),
          ...second('>=7.18.0 <7.21.0', 'V2', `__${method}`),
          ...second('>=7.21.0 <9.0.0', 'V2Client', `__${method}`),
        ]
      : []),
  ];
}

export const COHERE_PATCH_POINTS: readonly PatchPoint[] = [
  ...hook('chat', 'chat', true),
  ...hook('chat-stream', 'chatStream', true),
  ...hook('generate', 'generate', false),
  ...hook('generate-stream', 'generateStream', false),
  ...hook('embed', 'embed', true),
  ...hook('rerank', 'rerank', true),
  ...constantPoints(
    ATTEMPT_CHANNEL,
    NAME,
    '>=7.14.0 <9.0.0',
    'core/fetcher/makeRequest',
    'makeRequest',
    JS,
  ),
  ...patchPoints(UNSUPPORTED_CHANNEL, NAME, '>=9.0.0', FIRST, 'CohereClient.chat', JS),
];

export function watchCohere(): void {
  const whole = (channelName: string, operation: string): PromiseOperation => ({
    channelName,
    start: (message) => begin(operation, message, {}),
    answer: cohereAnswer,
  });
  const streamed = (channelName: string, operation: string): PromiseOperation => ({
    channelName: `${channelName}-stream`,
    start: (message) => begin(operation, message, { [names.REQUEST_STREAM]: true }),
    answer: cohereAnswer,
    reader: () => new CohereReader(),
  });
  watchPromises({
    name: NAME,
    failure,
    unwrap: (value) => ('rawResponse' in fields(value) ? fields(value)['data'] : value),
    operations: [
      whole('chat', 'chat'),
      streamed('chat', 'chat'),
      whole('generate', 'text_completion'),
      streamed('generate', 'text_completion'),
      whole('embed', 'embeddings'),
      whole('rerank', 'rerank'),
    ],
  });
}

const HOST = 'https://api.cohere.com';

function begin(operation: string, { arguments: given, self }: MethodCall, more: Attributes): Call {
  const asked = fields(given[0]);
  const attributes = { ...cohereRequest(asked), ...more };
  const options = fields(fields(self)['_options']);
  // The clients for Amazon's clouds take the same calls elsewhere: the bill is Amazon's.
  const elsewhere = options['fetcher'] !== undefined;
  attributes[names.PROVIDER_NAME] = elsewhere ? 'aws.bedrock' : 'cohere';
  if (!elsewhere) {
    const base = options['baseUrl'] ?? options['environment'] ?? HOST;
    const server = serverOf(base);
    put(attributes, names.SERVER_ADDRESS, server?.address ?? null);
    put(attributes, names.SERVER_PORT, server?.port ?? null);
  }
  return new Call(operation, text(asked['model']), attributes);
}

const ABORTED = 'The user aborted a request';

function failure(error: unknown): Failure {
  const { statusCode, message } = fields(error);
  return {
    type: error instanceof Error ? error.constructor.name : typeof error,
    status: typeof statusCode === 'number' ? statusCode : null,
    cancelled: isCancelled(error) || message === ABORTED,
  };
}
