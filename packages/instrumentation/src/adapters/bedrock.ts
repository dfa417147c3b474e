// Amazon Bedrock's runtime client of the AWS SDK, version 3. All its clients send through one
// method, so the commands of this one are picked out by name.

import type { Attributes } from '@opentelemetry/api';
import { Call, type Failure } from '../calls/call.ts';
import { patchPoints, type MethodCall, type PatchPoint } from '../hooks/patch-point.ts';
import { watchPromises, type PromiseOperation } from '../calls/promise-calls.ts';
import { count, fields, put, text, type Fields } from '../calls/request.ts';
import { isCancelled } from '../calls/sdk-calls.ts';
import {
  AWS_REQUEST_ID,
  PROVIDER_NAME,
  REQUEST_STREAM,
  RESPONSE_ID,
} from '../semantic-conventions.ts';
import type { StreamReader } from '../calls/stream-watch.ts';
import { converseAnswer, ConverseReader, converseRequest } from './bedrock-converse.ts';
import { BEDROCK_HEADER_POINTS, putHeaders, watchHeaders } from './bedrock-headers.ts';
import { invokeAnswer, InvokeReader, invokeRequest } from './bedrock-invoke.ts';

const CORE = '@smithy/core';
const CLIENT = '@smithy/smithy-client';
const JS = ['.js'];

/** From 4.13 on the method is in the core, and only passed on by the client's package. */
export const BEDROCK_PATCH_POINTS: readonly PatchPoint[] = [
  ...patchPoints(
    'send',
    CORE,
    '>=3.24.0 <4.0.0',
    'dist-cjs/submodules/client/index',
    'Client.send',
    JS,
  ),
  ...patchPoints(
    'send',
    CORE,
    '>=3.24.0 <4.0.0',
    'dist-es/submodules/client/smithy-client/client',
    'Client.send',
    JS,
  ),
  ...patchPoints('send', CLIENT, '>=4.0.0 <4.13.0', 'dist-cjs/index', 'Client.send', JS),
  ...patchPoints('send', CLIENT, '>=3.0.0 <4.0.0', 'dist-cjs/index', '_Client.send', JS),
  ...patchPoints('send', CLIENT, '>=3.0.0 <4.13.0', 'dist-es/client', 'Client.send', JS),
  ...BEDROCK_HEADER_POINTS,
];

interface Command {
  operation: string;
  request(input: Fields): Attributes;
  answer(value: unknown, input: Fields): Attributes;
  reader?(): StreamReader;
  /** The field of the answer that holds the stream. */
  stream?: string;
}

const converse = { operation: 'chat', request: converseRequest, answer: converseAnswer };
const invoke = { request: invokeRequest, answer: invokeAnswer };

/** By the name of the command's class; an operation that depends on the model is told by it. */
function commandOf(command: unknown): Command | null {
  const input = fields(fields(command)['input']);
  switch ((command as object | undefined)?.constructor.name) {
    case 'ConverseCommand':
      return converse;
    case 'ConverseStreamCommand':
      return { ...converse, reader: () => new ConverseReader(), stream: 'stream' };
    case 'InvokeModelCommand':
      return { ...invoke, operation: operationOf(input) };
    case 'InvokeModelWithResponseStreamCommand':
      return {
        ...invoke,
        operation: operationOf(input),
        reader: () => new InvokeReader(),
        stream: 'body',
      };
    default:
      return null;
  }
}

function operationOf(input: Fields): string {
  const model = text(input['modelId']) ?? '';
  if (model.includes('embed')) return 'embeddings';
  return model.includes('rerank') ? 'rerank' : 'chat';
}

const commands = new WeakMap<MethodCall, Command>();
const calls = new WeakMap<MethodCall, Call>();

const send: PromiseOperation = {
  channelName: 'send',
  start(message) {
    const command = commandOf(message.arguments[0]);
    if (command === null) return null;
    commands.set(message, command);
    const input = inputOf(message);
    const attributes = command.request(input);
    attributes[PROVIDER_NAME] = 'aws.bedrock';
    if (command.stream !== undefined) attributes[REQUEST_STREAM] = true;
    const call = new Call(command.operation, text(input['modelId']), attributes);
    calls.set(message, call);
    return call;
  },
  answer(value, message) {
    const attributes = commands.get(message)?.answer(value, inputOf(message)) ?? {};
    putHeaders(attributes, calls.get(message));
    return { ...identity(value), ...attributes };
  },
  reader(message) {
    return commands.get(message)?.reader?.() ?? new ConverseReader();
  },
};

function inputOf(message: MethodCall): Fields {
  return fields(fields(message.arguments[0])['input']);
}

/** Only some of the models name their answers; the request has an id in any case. */
function identity(value: unknown): Attributes {
  const attributes: Attributes = {};
  const requestId = text(fields(fields(value)['$metadata'])['requestId']);
  put(attributes, AWS_REQUEST_ID, requestId);
  put(attributes, RESPONSE_ID, requestId);
  return attributes;
}

export function watchBedrock(): void {
  watchHeaders();
  for (const name of [CORE, CLIENT]) {
    watchPromises({
      name,
      failure,
      operations: [send],
      stream: (value) => fields(value)['stream'] ?? fields(value)['body'],
      attempts: (outcome) => count(fields(fields(outcome)['$metadata'])['attempts']),
    });
  }
}

function failure(error: unknown): Failure {
  const { name, $metadata: metadata } = fields(error);
  const status = fields(metadata)['httpStatusCode'];
  return {
    type: text(name) ?? typeof error,
    status: typeof status === 'number' ? status : null,
    cancelled: isCancelled(error),
  };
}
