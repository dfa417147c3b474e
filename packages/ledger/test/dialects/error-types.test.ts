// The type of an error is one word, in whichever way it is written.

import { describe, expect, it } from 'vitest';
import { OTEL_SCOPE, read } from '../dialect-reading.ts';

const STORY = 'File does not exist. Note: your current working directory is app.';
const LONG = 'x'.repeat(121);

/** `error.type` and the exception event’s type as sent, null for none, and the type that is read. */
const CASES: readonly [string, string | null, string | null, string][] = [
  ['a class', 'RateLimitError', null, 'RateLimitError'],
  ['a class with its module', 'openai.RateLimitError', null, 'RateLimitError'],
  ['a class with many modules', 'java.net.SocketTimeoutException', null, 'SocketTimeoutException'],
  ['a class as Python prints it', "<class 'app.errors.ServiceError'>", null, 'ServiceError'],
  ['a built-in class as Python prints it', "<class 'ValueError'>", null, 'ValueError'],
  ['a class of Rust', 'client::error::Timeout', null, 'Timeout'],
  ['a code of the provider', 'rate_limit_error', null, 'rate_limit_error'],
  ['an HTTP status', '429', null, '429'],
  ['dots and no class', 'connection.reset', null, 'connection.reset'],
  ['a sentence', STORY, null, '_OTHER'],
  ['a sentence beside an exception', STORY, 'app.errors.NotFound', 'NotFound'],
  ['a word too long for a type', LONG, null, '_OTHER'],
  ['the word of the attribute before the exception', 'Refused', 'openai.APIError', 'Refused'],
  ['an exception alone', null, 'openai.APIError', 'APIError'],
  ['an exception whose type is a sentence', null, STORY, '_OTHER'],
  ['an empty text', '', null, ''],
  ['nothing', null, null, ''],
];

describe('the type of an error', () => {
  it.each(CASES)('%s', (_, type, raised, expected) => {
    const found = read({
      scope: OTEL_SCOPE,
      status: 2,
      attributes: { 'gen_ai.operation.name': 'chat', ...(type !== null && { 'error.type': type }) },
      events: raised === null ? {} : { exception: { 'exception.type': raised } },
    });
    expect(found).toMatchObject({ status: 'error', error_type: expected });
  });
});
