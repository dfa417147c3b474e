// Images: generated, edited, varied. Newer models tell tokens, older ones are billed by image.

import type { Attributes } from '@opentelemetry/api';
import { IMAGES_COUNT, IMAGES_QUALITY, IMAGES_SIZE } from '../own-attributes.ts';
import { count, fields, list, put, putScalar, text } from '../calls/request.ts';
import type { Fields } from '../calls/request.ts';
import * as names from '../semantic-conventions.ts';
import type { StreamReader } from '../calls/stream-watch.ts';
import { putTokenUsage } from './openai-responses.ts';

export function imagesRequest(body: unknown): Attributes {
  const asked = fields(body);
  const attributes: Attributes = { [names.OUTPUT_TYPE]: 'image' };
  if (asked['stream'] === true) attributes[names.REQUEST_STREAM] = true;
  if (asked['n'] !== undefined && asked['n'] !== 1) {
    putScalar(attributes, names.REQUEST_CHOICE_COUNT, asked['n']);
  }
  putSize(attributes, asked);
  return attributes;
}

function putSize(attributes: Attributes, said: Fields): void {
  const { size, quality, width, height } = said;
  put(attributes, IMAGES_SIZE, text(size));
  if (typeof width === 'number' && typeof height === 'number') {
    attributes[IMAGES_SIZE] = `${width}x${height}`;
  }
  put(attributes, IMAGES_QUALITY, text(quality));
}

/** What an image model puts out is image tokens, where the answer does not tell them apart. */
function putImageUsage(attributes: Attributes, usage: unknown): void {
  putTokenUsage(attributes, usage);
  const { output_tokens: output, output_tokens_details: details } = fields(usage);
  if (details === undefined) put(attributes, names.USAGE_IMAGE_OUTPUT_TOKENS, count(output));
}

export function imagesAnswer(value: unknown): Attributes {
  const answer = fields(value);
  const attributes: Attributes = {};
  put(attributes, names.RESPONSE_ID, text(answer['id']));
  put(attributes, names.RESPONSE_MODEL, text(answer['model']));
  if (Array.isArray(answer['data'])) attributes[IMAGES_COUNT] = list(answer['data']).length;
  putSize(attributes, answer);
  putImageUsage(attributes, answer['usage']);
  return attributes;
}

/** Parts of an image come first; each whole one is an event of its own. */
export function imagesReader(): StreamReader {
  const attributes: Attributes = {};
  let images = 0;
  return {
    read(event) {
      const { type, usage } = fields(event);
      if (typeof type !== 'string' || !type.endsWith('.completed')) return;
      images += 1;
      attributes[IMAGES_COUNT] = images;
      putSize(attributes, fields(event));
      putImageUsage(attributes, usage);
    },
    attributes: () => attributes,
    complete: () => images > 0,
  };
}
