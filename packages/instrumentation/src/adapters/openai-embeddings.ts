// Embeddings: what is asked and what is answered.

import type { Attributes } from '@opentelemetry/api';
import { count, fields, list, put, putScalar, text } from '../calls/request.ts';
import * as names from '../semantic-conventions.ts';

export function embeddingsRequest(body: unknown): Attributes {
  const asked = fields(body);
  const attributes: Attributes = {};
  putScalar(attributes, names.EMBEDDINGS_DIMENSION_COUNT, asked['dimensions']);
  const format = text(asked['encoding_format']);
  if (format !== null) attributes[names.REQUEST_ENCODING_FORMATS] = [format];
  return attributes;
}

export function embeddingsAnswer(value: unknown): Attributes {
  const answer = fields(value);
  const attributes: Attributes = {};
  put(attributes, names.RESPONSE_MODEL, text(answer['model']));
  const used = fields(answer['usage']);
  // Some who copied this interface tell the total alone; without an output it is the input.
  const input = count(used['prompt_tokens']) ?? count(used['total_tokens']);
  put(attributes, names.USAGE_INPUT_TOKENS, input);
  const vector = fields(list(answer['data'])[0])['embedding'];
  const dimensions = Array.isArray(vector) || ArrayBuffer.isView(vector) ? vector : null;
  if (dimensions !== null && 'length' in dimensions) {
    put(attributes, names.EMBEDDINGS_DIMENSION_COUNT, count(dimensions.length));
  }
  return attributes;
}
