// Audio: speech from text, and text from speech. Some models tell tokens, some seconds, and of
// spoken text nothing is told.

import type { Attributes } from '@opentelemetry/api';
import { AUDIO_INPUT_SECONDS, SPEECH_CHARACTERS } from '../own-attributes.ts';
import { Received } from '../calls/received.ts';
import { fields, put, putScalar, text } from '../calls/request.ts';
import * as names from '../semantic-conventions.ts';
import type { StreamReader } from '../calls/stream-watch.ts';
import { putTokenUsage } from './openai-responses.ts';

export function speechRequest(body: unknown): Attributes {
  const { input } = fields(body);
  const attributes: Attributes = { [names.OUTPUT_TYPE]: 'speech' };
  if (typeof input === 'string') attributes[SPEECH_CHARACTERS] = input.length;
  return attributes;
}

/** The answer is sound: its length in bytes says nothing of its price. */
export function speechAnswer(): Attributes {
  return {};
}

export function transcriptionRequest(body: unknown): Attributes {
  const asked = fields(body);
  const attributes: Attributes = { [names.OUTPUT_TYPE]: 'text' };
  putScalar(attributes, names.REQUEST_TEMPERATURE, asked['temperature']);
  if (asked['stream'] === true) attributes[names.REQUEST_STREAM] = true;
  return attributes;
}

export function transcriptionAnswer(value: unknown): Attributes {
  const answer = fields(value);
  const attributes: Attributes = {};
  put(attributes, names.RESPONSE_ID, text(fields(answer['x_groq'])['id']));
  putAudioUsage(attributes, answer['usage']);
  if (attributes[AUDIO_INPUT_SECONDS] === undefined) {
    put(attributes, AUDIO_INPUT_SECONDS, seconds(answer['duration']));
  }
  return attributes;
}

export function putAudioUsage(attributes: Attributes, usage: unknown): void {
  put(attributes, AUDIO_INPUT_SECONDS, seconds(fields(usage)['seconds']));
  putTokenUsage(attributes, usage);
}

/** Older models tell it as text. */
function seconds(value: unknown): number | null {
  const known = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof known === 'number' && Number.isFinite(known) && known >= 0 ? known : null;
}

export function transcriptionReader(): StreamReader {
  const attributes: Attributes = {};
  const received = new Received();
  let done = false;
  return {
    read(event) {
      const { type, delta, usage } = fields(event);
      if (type === 'transcript.text.delta') received.text(delta);
      if (type !== 'transcript.text.done') return;
      putAudioUsage(attributes, usage);
      done = true;
    },
    attributes() {
      received.putStreamed(attributes);
      return attributes;
    },
    complete: () => done,
  };
}
