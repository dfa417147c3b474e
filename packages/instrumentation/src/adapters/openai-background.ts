// Responses that are made in the background: the call that begins one is answered at once and
// without usage, and whoever asks for the response later is told what it used.

import { tracingChannel } from 'node:diagnostics_channel';
import type { Attributes } from '@opentelemetry/api';
import { Call } from '../calls/call.ts';
import type { MethodCall } from '../hooks/patch-point.ts';
import { isRecording } from '../calls/recording.ts';
import { fields, text } from '../calls/request.ts';
import type { Fields } from '../calls/request.ts';
import { safely } from '../safely.ts';
import { BODY_CHANNEL } from '../calls/sdk-calls.ts';
import * as names from '../semantic-conventions.ts';
import { putServer } from './openai-protocol.ts';
import { providerAt } from './openai-providers.ts';
import { responsesAnswer } from './openai-responses.ts';

/** Ids of responses that were told of; a program asks many times for one. */
const TOLD_LIMIT = 1000;
const PATH = /^\/responses\/[^/?]+$/;

export function watchBackground(): void {
  const told = new Set<string>();
  tracingChannel<unknown, object>(`orchestrion:openai:${BODY_CHANNEL}`).end.subscribe((message) => {
    safely('a response', () => {
      const { arguments: given, result } = message as MethodCall;
      const { options, response } = fields(given[given.length - 1]);
      const { method, path } = fields(options);
      if (method !== 'get' || typeof path !== 'string' || !PATH.test(path)) return;
      // The client of 4 is not told of here; its answers are.
      const url = fields(given[0])['baseURL'] ?? originOf(fields(response)['url']);
      (result as Promise<unknown>).then(
        (answer) => void safely('a response', () => tell(told, url, fields(answer))),
        () => {},
      );
    });
  });
}

function originOf(url: unknown): string | null {
  return typeof url === 'string' && URL.canParse(url) ? new URL(url).origin : null;
}

/** The span has the id of the one that began the response: they are one call. */
function tell(told: Set<string>, url: unknown, answer: Fields): void {
  const id = text(answer['id']);
  const used = fields(answer['usage'])['input_tokens'] !== undefined;
  if (answer['background'] !== true || id === null || !used || told.has(id)) return;
  if (!isRecording()) return;
  if (told.size >= TOLD_LIMIT) told.clear();
  told.add(id);
  const attributes: Attributes = { [names.OPENAI_API_TYPE]: 'responses' };
  putServer(attributes, url, providerAt);
  new Call('chat', text(answer['model']), attributes).succeed(responsesAnswer(answer));
}
