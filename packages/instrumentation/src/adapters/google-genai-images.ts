// Images of Google's Imagen on Vertex: billed by image, so their number is told in place of tokens.

import type { Attributes } from '@opentelemetry/api';
import { fields, list } from '../calls/request.ts';
import { IMAGES_COUNT } from '../own-attributes.ts';
import * as names from '../semantic-conventions.ts';

export function imagesRequest(): Attributes {
  return { [names.OUTPUT_TYPE]: 'image' };
}

/** What was filtered has no image, and no bill. */
export function imagesAnswer(value: unknown): Attributes {
  const images = fields(value)['generatedImages'];
  if (!Array.isArray(images)) return {};
  const made = list(images).filter((each) => {
    const { imageBytes, gcsUri } = fields(fields(each)['image']);
    return typeof imageBytes === 'string' || typeof gcsUri === 'string';
  });
  return { [IMAGES_COUNT]: made.length };
}
