// Mistral's embeddings: what is asked and what is answered.

import type { Attributes } from '@opentelemetry/api';
import { count, fields, list, put, putScalar } from '../calls/request.ts';
import * as names from '../semantic-conventions.ts';

export function embeddingsRequest(body: unknown): Attributes {
  const attributes: Attributes = {};
  const wanted = fields(body)['outputDimension'];
  putScalar(attributes, names.EMBEDDINGS_DIMENSION_COUNT, wanted);
  return attributes;
}

export function embeddingsAnswer(value: unknown): Attributes {
  const { id, model, usage, data } = fields(value);
  const attributes: Attributes = {};
  if (typeof id === 'string') attributes[names.RESPONSE_ID] = id;
  if (typeof model === 'string') attributes[names.RESPONSE_MODEL] = model;
  put(attributes, names.USAGE_INPUT_TOKENS, count(fields(usage)['promptTokens']));
  const vector = list(fields(list(data)[0])['embedding']);
  if (vector.length > 0) attributes[names.EMBEDDINGS_DIMENSION_COUNT] = vector.length;
  return attributes;
}
