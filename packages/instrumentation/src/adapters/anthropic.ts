// The @anthropic-ai/sdk package. Below 0.134 its calls are recorded here; from there on it writes
// spans itself, and anthropic-native.ts adds what they leave out.

import type { Attributes } from '@opentelemetry/api';
import { Call, type Failure } from '../calls/call.ts';
import { patchPoints, type PatchPoint } from '../hooks/patch-point.ts';
import { fields, put, serverOf, text } from '../calls/request.ts';
import { isCancelled, UNSUPPORTED_CHANNEL, watchSdk } from '../calls/sdk-calls.ts';
import { oneCorePatchPoints, splitCorePatchPoints } from '../hooks/sdk-patch-points.ts';
import { PROVIDER_NAME, SERVER_ADDRESS, SERVER_PORT } from '../semantic-conventions.ts';
import { messagesAnswer, messagesReader, messagesRequest } from './anthropic-messages.ts';
import { NATIVE_PATCH_POINTS } from './anthropic-native.ts';

const NAME = '@anthropic-ai/sdk';
/** Up to 0.41 one file held the core; 0.50 split it. */
const ONE_CORE = '>=0.14.0 <0.50.0';
const SPLIT_CORE = '>=0.50.0 <0.134.0';

export const ANTHROPIC_PATCH_POINTS: readonly PatchPoint[] = [
  ...patchPoints('messages', NAME, '>=0.14.0 <0.33.0', 'resources/messages', 'Messages.create'),
  ...patchPoints(
    'messages',
    NAME,
    '>=0.33.0 <0.134.0',
    'resources/messages/messages',
    'Messages.create',
  ),
  ...patchPoints(
    'messages',
    NAME,
    '>=0.33.0 <0.134.0',
    'resources/beta/messages/messages',
    'Messages.create',
  ),
  ...oneCorePatchPoints(NAME, ONE_CORE),
  ...splitCorePatchPoints(NAME, SPLIT_CORE, 'BaseAnthropic'),
  ...patchPoints(UNSUPPORTED_CHANNEL, NAME, '>=2.0.0', 'client', 'BaseAnthropic.fetchWithTimeout'),
  ...NATIVE_PATCH_POINTS,
];

export function watchAnthropic(): void {
  watchSdk({
    name: NAME,
    failure: anthropicFailure,
    operations: [
      {
        channelName: 'messages',
        start: begin,
        answer: messagesAnswer,
        reader: messagesReader,
      },
    ],
  });
}

function begin(body: unknown, client: unknown): Call {
  const attributes: Attributes = messagesRequest(body);
  const server = serverOf(fields(client)['baseURL']);
  attributes[PROVIDER_NAME] = providerAt(server?.address ?? '');
  put(attributes, SERVER_ADDRESS, server?.address ?? null);
  put(attributes, SERVER_PORT, server?.port ?? null);
  return new Call('chat', text(fields(body)['model']), attributes);
}

/** Amazon and Google sell the same models under their own prices. */
function providerAt(host: string): string {
  if (host.endsWith('.amazonaws.com')) return 'aws.bedrock';
  if (host.endsWith('.googleapis.com')) return 'gcp.vertex_ai';
  return 'anthropic';
}

/** The type in the provider's error envelope, else the class of the error. */
function anthropicFailure(error: unknown): Failure {
  const { error: envelope, status } = fields(error);
  const type = text(fields(fields(envelope)['error'])['type']);
  const name = error instanceof Error ? error.constructor.name : typeof error;
  return {
    type: type !== null && /^[\w.-]{1,64}$/.test(type) ? type : name,
    status: typeof status === 'number' ? status : null,
    cancelled: isCancelled(error),
  };
}
