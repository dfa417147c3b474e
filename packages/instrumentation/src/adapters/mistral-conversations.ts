// Mistral's conversations, which the provider keeps: begun, continued and restarted, whole and streamed.
// One request may be several turns of models and tools of the provider's own; its usage is their sum.

import type { Attributes } from '@opentelemetry/api';
import { capturesContent, contentMessage, putContent, putStreamedText } from '../calls/content.ts';
import { Received } from '../calls/received.ts';
import { count, fields, list, put, putScalars, text } from '../calls/request.ts';
import type { Fields, ScalarNames } from '../calls/request.ts';
import type { StreamReader } from '../calls/stream-watch.ts';
import { putTools } from '../calls/tool-definitions.ts';
import { CONNECTOR_TOKENS } from '../own-attributes.ts';
import * as names from '../semantic-conventions.ts';

/** Beside the one that begins a conversation, the body stands within what names it. */
const BODIES = [
  'conversationAppendRequest',
  'conversationRestartRequest',
  'conversationAppendStreamRequest',
  'conversationRestartStreamRequest',
];

const SCALARS: ScalarNames = new Map([
  ['maxTokens', names.REQUEST_MAX_TOKENS],
  ['temperature', names.REQUEST_TEMPERATURE],
  ['topP', names.REQUEST_TOP_P],
  ['randomSeed', names.REQUEST_SEED],
  ['presencePenalty', names.REQUEST_PRESENCE_PENALTY],
  ['frequencyPenalty', names.REQUEST_FREQUENCY_PENALTY],
]);

export function conversationRequest(request: unknown): Attributes {
  const asked = fields(request);
  const within = BODIES.find((name) => asked[name] !== undefined);
  const body = within === undefined ? asked : fields(asked[within]);
  const attributes: Attributes = {};
  putScalars(attributes, fields(body['completionArgs']), SCALARS);
  put(attributes, names.AGENT_ID, text(body['agentId']));
  put(attributes, names.CONVERSATION_ID, text(asked['conversationId']));
  putTools(attributes, body['tools']);
  putContent(attributes, names.TOOL_DEFINITIONS, () => body['tools']);
  const { instructions, inputs } = body;
  if (instructions !== undefined) {
    putContent(attributes, names.SYSTEM_INSTRUCTIONS, () => [
      contentMessage({ role: 'system', content: instructions }),
    ]);
  }
  putContent(attributes, names.INPUT_MESSAGES, () =>
    typeof inputs === 'string'
      ? [contentMessage({ role: 'user', content: inputs })]
      : list(inputs).map((entry) => contentMessage(fields(entry))),
  );
  return attributes;
}

export function conversationAnswer(value: unknown): Attributes {
  const answer = fields(value);
  const reader = new ConversationReader();
  reader.begins(answer['conversationId']);
  list(answer['outputs']).forEach((entry, place) => reader.entry(fields(entry), place));
  reader.uses(answer['usage']);
  const attributes = reader.attributes();
  putContent(attributes, names.OUTPUT_MESSAGES, () =>
    list(answer['outputs'])
      .filter((entry) => fields(entry)['type'] === 'message.output')
      .map((entry) => contentMessage({ role: 'assistant', content: fields(entry)['content'] })),
  );
  return attributes;
}

/** Of a whole answer its entries, of a stream its events. */
export class ConversationReader implements StreamReader {
  readonly #attributes: Attributes = {};
  readonly #received = new Received();
  #streamed = false;
  #done = false;
  #said = '';

  read(event: unknown): void {
    this.#streamed = true;
    const data = fields(fields(event)['data']);
    switch (data['type']) {
      case 'conversation.response.started':
        return this.begins(data['conversationId']);
      case 'conversation.response.done':
        this.#done = true;
        return this.uses(data['usage']);
      case 'conversation.response.error':
        this.#attributes[names.ERROR_TYPE] = String(data['code'] ?? '_OTHER');
        return undefined;
      default:
        return this.entry(data, data['outputIndex']);
    }
  }

  begins(conversation: unknown): void {
    put(this.#attributes, names.CONVERSATION_ID, text(conversation));
  }

  /** A message, a call of one of the program's tools, a tool that the provider ran. */
  entry(entry: Fields, place: unknown): void {
    const { type, content, name, arguments: given } = entry;
    if (type === 'message.output' || type === 'message.output.delta') {
      put(this.#attributes, names.RESPONSE_MODEL, text(entry['model']));
      put(this.#attributes, names.RESPONSE_ID, text(entry['id']));
      this.#received.text(content);
      for (const piece of list(content)) this.#received.text(fields(piece)['text']);
      if (capturesContent() && type === 'message.output.delta' && typeof content === 'string') {
        this.#said += content;
      }
    } else if (type === 'function.call' || type === 'function.call.delta') {
      put(this.#attributes, names.RESPONSE_MODEL, text(entry['model']));
      this.#received.toolCall(place, name, given);
    } else if (type === 'tool.execution' || type === 'tool.execution.started') {
      this.#received.toolCall(place, name, given);
    }
  }

  uses(usage: unknown): void {
    const used = fields(usage);
    put(this.#attributes, names.USAGE_INPUT_TOKENS, count(used['promptTokens']));
    put(this.#attributes, names.USAGE_OUTPUT_TOKENS, count(used['completionTokens']));
    put(this.#attributes, CONNECTOR_TOKENS, count(used['connectorTokens']));
  }

  attributes(): Attributes {
    if (this.#streamed) {
      this.#received.putStreamed(this.#attributes);
      putStreamedText(this.#attributes, this.#said);
    } else this.#received.putCalls(this.#attributes);
    return this.#attributes;
  }

  complete(): boolean {
    return this.#done;
  }
}
