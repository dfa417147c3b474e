// What the providers themselves answer: sums of figures, usage objects in each provider's own words,
// finish reasons and answers, as emitters copy them.

import type { Call, Figures, ProviderName } from './conversation.ts';

export const written = (figures: Figures): number => figures.write_5m + figures.write_1h;
export const uncachedOf = (figures: Figures): number => figures.uncached + figures.audio_in;
export const inputOf = (figures: Figures): number =>
  uncachedOf(figures) + figures.read + written(figures);
export const outputOf = (figures: Figures): number =>
  figures.answer + (figures.reasoning ?? 0) + figures.audio_out;
export const totalOf = (figures: Figures): number => inputOf(figures) + outputOf(figures);

/** The word for why an answer ended; `asks` where it asks for tools. */
export function finishOf(call: Call, words: { stop: string; asks: string }): string {
  return call.asks_for.length > 0 ? words.asks : words.stop;
}

const FINISH: Readonly<Record<ProviderName, { stop: string; asks: string }>> = {
  openai: { stop: 'stop', asks: 'tool_calls' },
  anthropic: { stop: 'end_turn', asks: 'tool_use' },
  gemini: { stop: 'STOP', asks: 'STOP' },
  bedrock: { stop: 'end_turn', asks: 'tool_use' },
};
export const providerFinish = (call: Call): string => finishOf(call, FINISH[call.provider]);

export function openAiUsage(figures: Figures): object {
  return {
    prompt_tokens: inputOf(figures),
    completion_tokens: outputOf(figures),
    total_tokens: totalOf(figures),
    prompt_tokens_details: { cached_tokens: figures.read, audio_tokens: figures.audio_in },
    completion_tokens_details: {
      reasoning_tokens: figures.reasoning ?? 0,
      audio_tokens: figures.audio_out,
    },
  };
}

export function responsesUsage(figures: Figures): object {
  return {
    input_tokens: inputOf(figures),
    input_tokens_details: { cached_tokens: figures.read },
    output_tokens: outputOf(figures),
    output_tokens_details: { reasoning_tokens: figures.reasoning ?? 0 },
    total_tokens: totalOf(figures),
  };
}

export function anthropicUsage(figures: Figures): object {
  return {
    input_tokens: uncachedOf(figures),
    cache_read_input_tokens: figures.read,
    cache_creation_input_tokens: written(figures),
    cache_creation: {
      ephemeral_5m_input_tokens: figures.write_5m,
      ephemeral_1h_input_tokens: figures.write_1h,
    },
    output_tokens: outputOf(figures),
    service_tier: 'standard',
  };
}

export function geminiUsage(figures: Figures): object {
  return {
    promptTokenCount: inputOf(figures),
    cachedContentTokenCount: figures.read,
    candidatesTokenCount: figures.answer,
    thoughtsTokenCount: figures.reasoning ?? 0,
    totalTokenCount: totalOf(figures),
  };
}

/** The answer as the provider's library hands it over, with its usage. */
export function answerOf(call: Call): object {
  const { figures } = call;
  if (call.kind === 'embedding') {
    const count = inputOf(figures);
    return {
      object: 'list',
      model: call.response_model,
      data: [],
      usage: { prompt_tokens: count, total_tokens: count },
    };
  }
  if (call.provider === 'openai') {
    return {
      id: call.response_id,
      object: 'chat.completion',
      model: call.response_model,
      choices: [{ index: 0, finish_reason: providerFinish(call), message: { role: 'assistant' } }],
      ...(call.usage_sent ? { usage: openAiUsage(figures) } : {}),
    };
  }
  if (call.provider === 'gemini') {
    return {
      response_id: call.response_id,
      model_version: call.response_model,
      usage_metadata: geminiUsage(figures),
    };
  }
  return {
    id: call.response_id || null,
    type: 'message',
    model: call.response_model,
    stop_reason: providerFinish(call),
    usage: anthropicUsage(figures),
  };
}

/** The same by OpenAI's Responses API. */
export const responsesAnswerOf = (call: Call): object => ({
  id: call.response_id,
  object: 'response',
  status: 'completed',
  model: call.response_model,
  output: [{ type: 'message', id: `item_${call.start_ms}`, role: 'assistant' }],
  usage: responsesUsage(call.figures),
});
