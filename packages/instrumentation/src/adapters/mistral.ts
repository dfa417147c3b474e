// The @mistralai/mistralai package, 1 and 2: chat, agents, completions in the middle of code, and
// embeddings. Where the program has it write its own spans to the global provider, they stand alone.

import type { Attributes } from '@opentelemetry/api';
import { Call, type Failure } from '../calls/call.ts';
import { patchPoints, type MethodCall, type PatchPoint } from '../hooks/patch-point.ts';
import { watchPromises, type PromiseOperation } from '../calls/promise-calls.ts';
import { fields, list, put, serverOf, text } from '../calls/request.ts';
import type { StreamReader } from '../calls/stream-watch.ts';
import { ATTEMPT_CHANNEL, UNSUPPORTED_CHANNEL } from '../calls/sdk-calls.ts';
import * as names from '../semantic-conventions.ts';
import { completionAnswer, CompletionReader, completionRequest } from './mistral-completion.ts';
import {
  conversationAnswer,
  ConversationReader,
  conversationRequest,
} from './mistral-conversations.ts';
import { embeddingsAnswer, embeddingsRequest } from './mistral-embeddings.ts';
import { STREAM_CHANNEL, streams, watchStreams } from './mistral-stream.ts';

const NAME = '@mistralai/mistralai';
const JS = ['.js'];

/** Each method is a function in a file of its own, and from 1.5.2 on another one below it. */
function hook(channelName: string, file: string): PatchPoint[] {
  return [
    ...patchPoints(channelName, NAME, '>=1.0.0 <1.5.2', `funcs/${file}`, file, JS),
    ...patchPoints(channelName, NAME, '>=1.5.2 <2.0.0', `funcs/${file}`, '$do', JS),
    ...patchPoints(channelName, NAME, '>=2.0.0 <3.0.0', `esm/funcs/${file}`, '$do', JS),
  ];
}

/** One file of version 1, and where version 2 has it. */
function inBoth(channelName: string, file: string, method: string): PatchPoint[] {
  return [
    ...patchPoints(channelName, NAME, '>=1.0.0 <2.0.0', file, method, JS),
    ...patchPoints(channelName, NAME, '>=2.0.0 <3.0.0', `esm/${file}`, method, JS),
  ];
}

const CONVERSATIONS = [
  'betaConversationsStart',
  'betaConversationsAppend',
  'betaConversationsRestart',
];

export const MISTRAL_PATCH_POINTS: readonly PatchPoint[] = [
  ...hook('chat', 'chatComplete'),
  ...hook('chat-stream', 'chatStream'),
  ...hook('agents', 'agentsComplete'),
  ...hook('agents-stream', 'agentsStream'),
  ...hook('fim', 'fimComplete'),
  ...hook('fim-stream', 'fimStream'),
  ...hook('embeddings', 'embeddingsCreate'),
  ...CONVERSATIONS.flatMap((name) => hook('conversations', name)),
  ...CONVERSATIONS.flatMap((name) => hook('conversations-stream', `${name}Stream`)),
  ...inBoth(ATTEMPT_CHANNEL, 'lib/http', 'HTTPClient.request'),
  ...inBoth(STREAM_CHANNEL, 'lib/event-streams', 'EventStream.constructor'),
  ...patchPoints(
    UNSUPPORTED_CHANNEL,
    NAME,
    '>=3.0.0',
    'esm/funcs/chatComplete',
    'chatComplete',
    JS,
  ),
];

export function watchMistral(): void {
  watchStreams(NAME, failure);
  watchPromises({
    name: NAME,
    failure,
    unwrap: (value) => fields(resultOf(value))['value'],
    refusal: (value) => {
      const { ok, error } = fields(resultOf(value));
      return ok === false ? error : undefined;
    },
    operations: [
      ...wholeAndStreamed('chat', 'chat', COMPLETION),
      ...wholeAndStreamed('agents', 'chat', COMPLETION),
      ...wholeAndStreamed('fim', 'text_completion', COMPLETION),
      ...wholeAndStreamed('conversations', 'chat', CONVERSATION),
      {
        channelName: 'embeddings',
        start: (message) => begin('embeddings', message, embeddingsRequest),
        answer: embeddingsAnswer,
      },
    ],
  });
}

interface Reading {
  readonly request: (asked: unknown) => Attributes;
  readonly answer: (value: unknown) => Attributes;
  readonly reader: () => StreamReader;
}

const COMPLETION: Reading = {
  request: completionRequest,
  answer: completionAnswer,
  reader: () => new CompletionReader(),
};
const CONVERSATION: Reading = {
  request: conversationRequest,
  answer: conversationAnswer,
  reader: () => new ConversationReader(),
};

function wholeAndStreamed(
  channelName: string,
  operation: string,
  { request, answer, reader }: Reading,
): PromiseOperation[] {
  return [
    { channelName, start: (message) => begin(operation, message, request), answer },
    {
      channelName: `${channelName}-stream`,
      start(message) {
        const call = begin(operation, message, (asked) => ({
          ...request(asked),
          [names.REQUEST_STREAM]: true,
        }));
        if (call !== null) streams.set(call, reader);
        return call;
      },
      answer,
      reader,
    },
  ];
}

/** Nothing is thrown in there: an answer and an error come as results, with a note beside them. */
function resultOf(value: unknown): unknown {
  return Array.isArray(value) ? (value[0] as unknown) : value;
}

let leavesAll = false;

/** The environment has the SDK write spans to the global provider from the first call on. */
export function leaveMistralToItself(leaves: boolean): void {
  leavesAll = leaves;
}

interface TracingHook {
  _mistralTracingHook?: boolean;
  _telemetryUseGlobalProvider?: boolean;
  _telemetryAutoDisabled?: boolean;
}

/** Version 2 has the hook in every client, and uses it when it is told to. */
function writesItself(client: unknown): boolean {
  const hooks = fields(fields(fields(client)['_options'])['hooks'])['beforeRequestHooks'];
  const own = list(hooks).find((hook) => (fields(hook) as TracingHook)._mistralTracingHook);
  if (own === undefined) return false;
  const { _telemetryUseGlobalProvider: global, _telemetryAutoDisabled: off } = own as TracingHook;
  return global === true || (leavesAll && off !== true);
}

function begin(
  operation: string,
  { arguments: given }: MethodCall,
  request: (asked: unknown) => Attributes,
): Call | null {
  const [client, asked, options] = Array.from(given);
  if (writesItself(client)) return null;
  const attributes = request(asked);
  attributes[names.PROVIDER_NAME] = 'mistral_ai';
  const base = fields(options)['serverURL'] ?? fields(client)['_baseURL'];
  const server = serverOf(base instanceof URL ? base.href : base);
  put(attributes, names.SERVER_ADDRESS, server?.address ?? null);
  put(attributes, names.SERVER_PORT, server?.port ?? null);
  return new Call(operation, text(fields(asked)['model']), attributes);
}

const WORD = /"(?:type|code)"\s*:\s*"([\w.-]{1,64})"/;
const SEARCHED_CHARS = 4096;

function failure(error: unknown): Failure {
  const { statusCode, body, name } = fields(error);
  const said = typeof body === 'string' ? WORD.exec(body.slice(0, SEARCHED_CHARS))?.[1] : undefined;
  return {
    type: said ?? text(name) ?? typeof error,
    status: typeof statusCode === 'number' ? statusCode : null,
    cancelled: name === 'RequestAbortedError' || name === 'AbortError',
  };
}
