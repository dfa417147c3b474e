// Text completions as they were before chat: answered in the same words, with text for a message.

import type { Attributes } from '@opentelemetry/api';
import { putContent } from '../calls/content.ts';
import { fields, list } from '../calls/request.ts';
import * as names from '../semantic-conventions.ts';
import { completionRequest } from './openai-chat.ts';

export function textRequest(body: unknown): Attributes {
  const attributes = completionRequest(body);
  const { prompt } = fields(body);
  putContent(attributes, names.INPUT_MESSAGES, () =>
    (typeof prompt === 'string' ? [prompt] : list(prompt))
      .filter((each) => typeof each === 'string')
      .map((content) => ({ role: 'user', parts: [{ type: 'text', content }] })),
  );
  return attributes;
}
