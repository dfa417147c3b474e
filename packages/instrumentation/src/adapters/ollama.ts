// The ollama package, 0.5.12 to 0.6: chat, completions and embeddings of a model server, mostly one's
// own. It counts tokens itself and bills nobody; hosted models come through the same client.

import type { Attributes } from '@opentelemetry/api';
import { Call, type Failure } from '../calls/call.ts';
import { capturesContent, contentMessage, putContent, putStreamedText } from '../calls/content.ts';
import { patchPoints, type MethodCall, type PatchPoint } from '../hooks/patch-point.ts';
import { watchPromises, type PromiseOperation } from '../calls/promise-calls.ts';
import { Received } from '../calls/received.ts';
import {
  count,
  fields,
  list,
  put,
  putScalar,
  putScalars,
  serverOf,
  text,
} from '../calls/request.ts';
import type { Fields, ScalarNames } from '../calls/request.ts';
import { isCancelled, UNSUPPORTED_CHANNEL } from '../calls/sdk-calls.ts';
import * as names from '../semantic-conventions.ts';
import type { StreamReader } from '../calls/stream-watch.ts';
import { putTools } from '../calls/tool-definitions.ts';

const NAME = 'ollama';
const RANGE = '>=0.5.12 <0.7.0';
/** The package's own entry adds to the class in this file. */
const FILE = 'dist/browser';
const ENDINGS = ['.cjs', '.mjs'];

export const OLLAMA_PATCH_POINTS: readonly PatchPoint[] = [
  ...patchPoints('chat', NAME, RANGE, FILE, 'Ollama.chat', ENDINGS),
  ...patchPoints('generate', NAME, RANGE, FILE, 'Ollama.generate', ENDINGS),
  ...patchPoints('embed', NAME, RANGE, FILE, 'Ollama.embed', ENDINGS),
  ...patchPoints('embeddings', NAME, RANGE, FILE, 'Ollama.embeddings', ENDINGS),
  ...patchPoints(UNSUPPORTED_CHANNEL, NAME, '>=0.7.0', FILE, 'Ollama.chat', ENDINGS),
];

export function watchOllama(): void {
  const speaks = (channelName: string, operation: string): PromiseOperation => ({
    channelName,
    start: (message) => begin(operation, message),
    answer,
    reader: () => new OllamaReader(),
  });
  const embeds = (channelName: string): PromiseOperation => ({
    channelName,
    start: (message) => begin('embeddings', message),
    answer,
  });
  watchPromises({
    name: NAME,
    failure,
    operations: [
      speaks('chat', 'chat'),
      speaks('generate', 'text_completion'),
      embeds('embed'),
      embeds('embeddings'),
    ],
  });
}

const OPTIONS: ScalarNames = new Map([
  ['num_predict', names.REQUEST_MAX_TOKENS],
  ['temperature', names.REQUEST_TEMPERATURE],
  ['top_p', names.REQUEST_TOP_P],
  ['top_k', names.REQUEST_TOP_K],
  ['seed', names.REQUEST_SEED],
  ['frequency_penalty', names.REQUEST_FREQUENCY_PENALTY],
  ['presence_penalty', names.REQUEST_PRESENCE_PENALTY],
]);

function begin(operation: string, { arguments: given, self }: MethodCall): Call {
  const asked = fields(given[0]);
  const attributes: Attributes = { [names.PROVIDER_NAME]: NAME };
  const server = serverOf(fields(fields(self)['config'])['host']);
  put(attributes, names.SERVER_ADDRESS, server?.address ?? null);
  put(attributes, names.SERVER_PORT, server?.port ?? null);
  const options = fields(asked['options']);
  putScalars(attributes, options, OPTIONS);
  const stops = list(options['stop']).filter((each) => typeof each === 'string');
  if (stops.length > 0) attributes[names.REQUEST_STOP_SEQUENCES] = stops.slice(0, 16);
  if (asked['stream'] === true) attributes[names.REQUEST_STREAM] = true;
  putScalar(attributes, names.REQUEST_REASONING_LEVEL, text(asked['think']));
  putScalar(attributes, names.EMBEDDINGS_DIMENSION_COUNT, asked['dimensions']);
  if (asked['format'] !== undefined && asked['format'] !== '') {
    attributes[names.OUTPUT_TYPE] = 'json';
  }
  putTools(attributes, asked['tools']);
  putContent(attributes, names.TOOL_DEFINITIONS, () => asked['tools']);
  putContent(attributes, names.INPUT_MESSAGES, () =>
    asked['prompt'] === undefined
      ? list(asked['messages']).map((message) => contentMessage(message))
      : [contentMessage({ role: 'user', content: asked['prompt'] })],
  );
  return new Call(operation, text(asked['model']), attributes);
}

function answer(value: unknown): Attributes {
  const reader = new OllamaReader();
  reader.read(value);
  const attributes = reader.attributes();
  const [vector] = list(fields(value)['embeddings']);
  const dimensions = list(vector ?? fields(value)['embedding']).length;
  if (dimensions > 0) attributes[names.EMBEDDINGS_DIMENSION_COUNT] = dimensions;
  return attributes;
}

/** A whole answer is a stream of one part: the last one has the figures. */
class OllamaReader implements StreamReader {
  readonly #attributes: Attributes = {};
  readonly #received = new Received();
  #calls = 0;
  #said = '';
  #done = false;

  read(chunk: unknown): void {
    const part = fields(chunk);
    const message = fields(part['message']);
    const said = message['content'] ?? part['response'];
    this.#received.text(said);
    this.#received.text(message['thinking'] ?? part['thinking']);
    if (capturesContent() && typeof said === 'string') this.#said += said;
    for (const call of list(message['tool_calls'])) {
      const { name, arguments: given } = fields(fields(call)['function']);
      this.#received.toolCall(this.#calls, name, given);
      this.#calls += 1;
    }
    put(this.#attributes, names.RESPONSE_MODEL, text(part['model']));
    if (part['done'] === true) this.#end(part);
    // Embeddings tell their figure without saying that they are done.
    else putUsage(this.#attributes, part);
  }

  #end(part: Fields): void {
    this.#done = true;
    const reason = text(part['done_reason']);
    const word = reason === 'stop' && this.#calls > 0 ? 'tool_call' : reason;
    if (word !== null) this.#attributes[names.RESPONSE_FINISH_REASONS] = [word];
    putUsage(this.#attributes, part);
  }

  attributes(): Attributes {
    this.#received.putStreamed(this.#attributes);
    putStreamedText(this.#attributes, this.#said);
    return this.#attributes;
  }

  complete(): boolean {
    return this.#done;
  }
}

/** A prompt that the server had read before has no figure, or a smaller one. */
function putUsage(attributes: Attributes, part: Fields): void {
  put(attributes, names.USAGE_INPUT_TOKENS, count(part['prompt_eval_count']));
  put(attributes, names.USAGE_OUTPUT_TOKENS, count(part['eval_count']));
}

function failure(error: unknown): Failure {
  const { status_code: status, name } = fields(error);
  return {
    type: text(name) ?? (error instanceof Error ? error.constructor.name : typeof error),
    status: typeof status === 'number' ? status : null,
    cancelled: isCancelled(error),
  };
}
