// What came in of an answer, beside what the provider says of it: the tool calls, and, for a
// stream that tells no usage, how much text there was.

import type { Attributes } from '@opentelemetry/api';
import {
  ESTIMATED_OUTPUT_TOKENS,
  STREAM_CHARACTERS,
  TOOL_CALLS_COUNT,
  TOOL_CALLS_NAMES,
  TOOL_CALLS_SIZES,
} from '../own-attributes.ts';
import { text } from './request.ts';
import { USAGE_OUTPUT_TOKENS } from '../semantic-conventions.ts';

const CALLS_LIMIT = 64;
/** English prose and JSON have about as many characters a token in every tokenizer of today. */
const CHARACTERS_PER_TOKEN = 4;

interface ToolCall {
  name: string;
  size_chars: number;
}

export class Received {
  #characters = 0;
  readonly #calls = new Map<string, ToolCall>();
  /** Calls beyond the limit are counted and not named. */
  #uncounted = 0;

  /** Text of the answer, or of the reasoning before it. */
  text(part: unknown): void {
    if (typeof part === 'string') this.#characters += part.length;
  }

  /**
   * A tool call, or the next part of one: `key` tells the calls of an answer apart. Arguments are
   * JSON text, or the value that it was parsed into.
   */
  toolCall(key: unknown, name: unknown, given: unknown): void {
    const added = typeof given === 'string' ? given.length : sizeOf(given);
    this.#characters += added;
    const id = String(key);
    const known = this.#calls.get(id);
    if (known !== undefined) {
      known.size_chars += added;
      if (known.name === '') known.name = text(name) ?? '';
    } else if (this.#calls.size < CALLS_LIMIT) {
      this.#calls.set(id, { name: text(name) ?? '', size_chars: added });
    } else if (text(name) !== null) this.#uncounted += 1;
  }

  /** Of an answer that was given whole. */
  putCalls(attributes: Attributes): void {
    if (this.#calls.size === 0) return;
    const calls = [...this.#calls.values()];
    attributes[TOOL_CALLS_COUNT] = calls.length + this.#uncounted;
    attributes[TOOL_CALLS_NAMES] = calls.map(({ name }) => name);
    attributes[TOOL_CALLS_SIZES] = calls.map(({ size_chars }) => size_chars);
  }

  /** Of a stream; usage must stand in `attributes` already, if there is any. */
  putStreamed(attributes: Attributes): void {
    this.putCalls(attributes);
    if (attributes[USAGE_OUTPUT_TOKENS] !== undefined || this.#characters === 0) return;
    attributes[STREAM_CHARACTERS] = this.#characters;
    attributes[ESTIMATED_OUTPUT_TOKENS] = Math.ceil(this.#characters / CHARACTERS_PER_TOKEN);
  }
}

/** An empty input, as at the start of a streamed call, has no size yet. */
function sizeOf(given: unknown): number {
  if (typeof given !== 'object' || given === null) return 0;
  const written = JSON.stringify(given);
  return written === '{}' ? 0 : written.length;
}
