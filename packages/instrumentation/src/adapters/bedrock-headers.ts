// Bedrock's own count of a call's tokens stands in headers of its HTTP answer, which the AWS SDK does not
// hand on: it is read where the answers come in, for models whose bodies do not tell.

import type { Attributes } from '@opentelemetry/api';
import type { Call } from '../calls/call.ts';
import { currentCall } from '../calls/call-scope.ts';
import { channelOf } from '../calls/method-calls.ts';
import { count, fields, type Fields } from '../calls/request.ts';
import { patchPoints, type MethodCall, type PatchPoint } from '../hooks/patch-point.ts';
import { safely } from '../safely.ts';
import * as names from '../semantic-conventions.ts';
import { putMetrics } from './bedrock-invoke.ts';

const HTTP = '@smithy/node-http-handler';
const RANGE = '>=2.0.0 <5.0.0';
const CHANNEL = 'http';
const JS = ['.js'];

const http = (file: string, method: string): PatchPoint[] =>
  patchPoints(CHANNEL, HTTP, RANGE, file, method, JS);

export const BEDROCK_HEADER_POINTS: readonly PatchPoint[] = [
  ...http('dist-cjs/index', 'NodeHttpHandler.handle'),
  ...http('dist-cjs/index', 'NodeHttp2Handler.handle'),
  ...http('dist-es/node-http-handler', 'NodeHttpHandler.handle'),
  ...http('dist-es/node-http2-handler', 'NodeHttp2Handler.handle'),
];

/** The headers of the last answer to each call. */
const headersOf = new WeakMap<Call, Fields>();

/** The SDK waits for the same promise, and reads the body after it. */
export function watchHeaders(): void {
  channelOf(HTTP, CHANNEL).end.subscribe((message) => {
    safely('an answer', () => {
      const call = currentCall();
      const { result } = message as MethodCall;
      if (call === undefined || !(result instanceof Promise)) return;
      result.then(
        (answer) =>
          void safely('an answer', () => {
            headersOf.set(call, fields(fields(fields(answer)['response'])['headers']));
          }),
        () => {},
      );
    });
  });
}

/** Where the answer itself tells no usage. */
export function putHeaders(attributes: Attributes, call: Call | undefined): void {
  const headers = call === undefined ? undefined : headersOf.get(call);
  const told = [names.USAGE_INPUT_TOKENS, names.USAGE_OUTPUT_TOKENS];
  if (headers === undefined || told.some((name) => attributes[name] !== undefined)) return;
  const figure = (name: string): number | null => {
    const said = headers[`x-amzn-bedrock-${name}-count`];
    return typeof said === 'string' && said !== '' ? count(Number(said)) : null;
  };
  putMetrics(attributes, {
    inputTokenCount: figure('input-token'),
    outputTokenCount: figure('output-token'),
    cacheReadInputTokenCount: figure('cache-read-input-token'),
    cacheWriteInputTokenCount: figure('cache-write-input-token'),
  });
}
