// How the SDKs generated from an OpenAPI description (openai, @anthropic-ai/sdk) make a call, and
// how it is watched without touching the promise they return.
//
// A method returns an APIPromise that reads the body when, and only when, it is awaited; a second
// reading throws. So nothing here awaits it: the call is found again, by the promise of the HTTP
// response that all its clones share, when the program itself has made it parse.

import { context, type Attributes } from '@opentelemetry/api';
import type { Call, Failure } from './call.ts';
import { bindCall } from './call-scope.ts';
import { channelOf, watchAttempts, watchCalls, watchUnsupported } from './method-calls.ts';
import type { MethodCall } from '../hooks/patch-point.ts';
import type { Fields } from './request.ts';
import { safely, warnOnce } from '../safely.ts';
import { isStream, watchStream, type StreamReader } from './stream-watch.ts';

/** One method of an SDK, such as chat.completions.create. */
export interface Operation {
  channelName: string;
  /** Null when this use of the method is not a call to account for. */
  start(body: unknown, client: unknown): Call | null;
  /** What a whole answer says. */
  answer(value: unknown): Attributes;
  /** For an answer that comes in chunks. */
  reader(body: unknown): StreamReader;
  /** The body to send instead; null to send what the program gave. */
  asks?(body: unknown): Fields | null;
}

export interface Sdk {
  /** The npm name, as it stands in the channel names. */
  name: string;
  operations: readonly Operation[];
  failure(error: unknown): Failure;
}

/** Channel names that the adapters of these SDKs use for these methods. */
export const PARSE_CHANNEL = 'parse';
export const RAW_CHANNEL = 'raw';
export const BODY_CHANNEL = 'body';
export { ATTEMPT_CHANNEL, UNSUPPORTED_CHANNEL } from './method-calls.ts';

interface Pending {
  call: Call;
  operation: Operation;
  body: unknown;
  /** Set when the parsed answer was asked for; it then tells more than the raw response. */
  parsed: boolean;
}

/** The promise of the body, on the SDK's own record of the response it is read from. */
const BODY = Symbol('body');

/** That record: what the promise of the HTTP response resolves to. */
interface HttpResponse {
  response?: { status?: unknown };
  [BODY]?: Promise<unknown>;
}

interface ApiPromise {
  responsePromise: PromiseLike<HttpResponse | undefined>;
}

export function watchSdk(sdk: Sdk): void {
  const pendings = new WeakMap<object, Pending>();
  for (const operation of sdk.operations) watchOperation(sdk, operation, pendings);
  const parse = channelOf(sdk.name, PARSE_CHANNEL);
  // Some SDKs ask again when a body is slow to come: these requests are the call's as well.
  bindCall(
    parse.start,
    () => context.active(),
    (message) => safely('an answer', () => pendings.get(responseOf(message))?.call),
  );
  parse.end.subscribe((message) => {
    safely('an answer', () => parsed(sdk, pendings, message as MethodCall));
  });
  channelOf(sdk.name, BODY_CHANNEL).end.subscribe((message) => {
    safely('a body', () => keepBody(message as MethodCall));
  });
  channelOf(sdk.name, RAW_CHANNEL).end.subscribe((message) => {
    safely('a raw response', () => taken(sdk, pendings, message as MethodCall));
  });
  watchAttempts(sdk.name);
  watchUnsupported(sdk.name);
}

function responseOf(message: unknown): ApiPromise['responsePromise'] {
  return ((message as MethodCall).self as ApiPromise).responsePromise;
}

function watchOperation(sdk: Sdk, operation: Operation, pendings: WeakMap<object, Pending>): void {
  const begin = (message: MethodCall): Call | null => {
    const body = message.arguments[0];
    const call = operation.start(
      body,
      (message.self as { _client?: unknown } | undefined)?._client,
    );
    const asked = call === null ? null : safely('a request', () => operation.asks?.(body));
    if (asked) (message.arguments as unknown[])[0] = asked;
    return call;
  };
  watchCalls(sdk.name, operation.channelName, begin, (call, message) => {
    const { error, result, arguments: given } = message;
    const response = (result as Partial<ApiPromise> | undefined)?.responsePromise;
    if (response !== undefined) {
      pendings.set(response, { call, operation, body: given[0], parsed: false });
    } else if (error !== undefined) call.fail(sdk.failure(error));
    else {
      warnOnce(`${sdk.name}:promise`, `${sdk.name} returned a promise of an unknown kind`);
      call.handOver(null);
    }
  });
}

/** The SDKs' own error and the platform's, by name: several copies of a class may be about. */
export function isCancelled(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.constructor.name === 'APIUserAbortError' || error.name === 'AbortError';
}

/** The program awaits the answer. The result is the promise the SDK keeps for all who ask. */
function parsed(sdk: Sdk, pendings: WeakMap<object, Pending>, message: MethodCall): void {
  const { responsePromise } = message.self as ApiPromise;
  const pending = pendings.get(responsePromise);
  const answer = message.result as Promise<unknown> | undefined;
  if (pending === undefined || pending.parsed || typeof answer?.then !== 'function') return;
  pending.parsed = true;
  answer.then(
    (value) => void safely('an answer', () => answered(sdk, pending, value)),
    (error: unknown) => void safely('an error', () => failed(sdk, pending, error, responsePromise)),
  );
}

/** A helper may refuse an answer that was given and is billed: cut short, or not as it should be. */
function failed(
  sdk: Sdk,
  { call, operation }: Pending,
  error: unknown,
  responsePromise: ApiPromise['responsePromise'],
): void {
  const fail = (attributes: Attributes): void =>
    void safely('an error', () => call.fail(sdk.failure(error), attributes));
  const unknown = (): void => fail({});
  responsePromise.then((response) => {
    const body = response?.[BODY];
    if (body === undefined) unknown();
    else body.then((value) => fail(answerOf(operation, value)), unknown);
  }, unknown);
}

function answerOf(operation: Operation, value: unknown): Attributes {
  if (isStream(value)) return {};
  return safely('an answer', () => operation.answer(value)) ?? {};
}

/** The SDK reads a body once, in a promise only it holds. */
function keepBody(message: MethodCall): void {
  const response = message.arguments[message.arguments.length - 1];
  (response as HttpResponse)[BODY] = message.result as Promise<unknown>;
}

function answered(sdk: Sdk, { call, operation, body }: Pending, value: unknown): void {
  if (isStream(value)) watchStream(value, call, operation.reader(body), sdk.failure);
  else call.succeed(operation.answer(value));
}

/** The program takes the raw response; unless the answer is parsed too, that is all we see. */
function taken(sdk: Sdk, pendings: WeakMap<object, Pending>, message: MethodCall): void {
  const { responsePromise } = message.self as ApiPromise;
  const pending = pendings.get(responsePromise);
  if (pending === undefined) return;
  // Its rejection is already the program's: it waits on a promise made from this one.
  responsePromise.then(
    (props) => {
      if (pending.parsed) return;
      safely('a raw response', () => {
        const status = props?.response?.status;
        pending.call.handOver(typeof status === 'number' ? status : null);
      });
    },
    (error: unknown) => {
      if (!pending.parsed) safely('an error', () => pending.call.fail(sdk.failure(error)));
    },
  );
}
