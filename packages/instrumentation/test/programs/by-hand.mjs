// Usage told by hand and by results; prints what the functions give back. Each scenario is an agent.
// Arguments: the module that gives a client of a provider, and the provider's address.

import {
  flush,
  providerFromModel,
  recordUsage,
  runWithContext,
  trackRun,
  trackRunSync,
  withAgent,
} from '@spanledger/instrumentation';

const [sdk, url] = process.argv.slice(2);
const outcome = async (step) => {
  try {
    return await step();
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
};

/** What agents of several makes return. */
const RESULTS = {
  'usage as a function': {
    output: 'a',
    usage: () => ({
      requests: 3, input_tokens: 300, output_tokens: 40, cache_read_tokens: 100,
      details: { reasoning_tokens: 7 },
    }),
  }, // prettier-ignore
  'usage in the older words': { usage: () => ({ request_tokens: 30, response_tokens: 4 }) },
  'the total before the last step': {
    usage: { inputTokens: 1, outputTokens: 1 },
    totalUsage: {
      inputTokens: 500, outputTokens: 60, totalTokens: 560,
      inputTokenDetails: { noCacheTokens: 100, cacheReadTokens: 300, cacheWriteTokens: 100 },
      outputTokenDetails: { textTokens: 50, reasoningTokens: 10 },
    },
    response: { id: 'aitxt-1', modelId: 'gpt-5-mini' },
  }, // prettier-ignore
  'four words of the AI SDK': { usage: { promptTokens: 9, completionTokens: 2 } },
  'chat completion': {
    id: 'chatcmpl-1', object: 'chat.completion', model: 'gpt-4o-2024-08-06',
    usage: {
      prompt_tokens: 120, completion_tokens: 30,
      prompt_tokens_details: { cached_tokens: 100 },
      completion_tokens_details: { reasoning_tokens: 12 },
    },
  }, // prettier-ignore
  response: {
    id: 'resp-1', object: 'response', model: 'gpt-5',
    usage: { input_tokens: 8, output_tokens: 9, input_tokens_details: { cached_tokens: 0 } },
  }, // prettier-ignore
  message: {
    id: 'msg-1', type: 'message', model: 'claude-sonnet-4-5',
    usage: {
      input_tokens: 20, output_tokens: 40,
      cache_read_input_tokens: 100, cache_creation_input_tokens: 30,
    },
  }, // prettier-ignore
  converse: {
    usage: {
      inputTokens: 20,
      outputTokens: 40,
      cacheReadInputTokens: 100,
      cacheWriteInputTokens: 30,
    },
  },
  candidates: {
    modelVersion: 'gemini-2.5-pro',
    usageMetadata: { promptTokenCount: 11, candidatesTokenCount: 5, thoughtsTokenCount: 6 },
  },
  'message of a chain': {
    usage_metadata: {
      input_tokens: 70, output_tokens: 3,
      input_token_details: { cache_read: 50, cache_creation: 10 }, output_token_details: { reasoning: 1 },
    },
  }, // prettier-ignore
  'no usage': { text: 'nothing is known' },
  'figures that are none': { usage: { inputTokens: NaN, outputTokens: -1, totalTokens: '7' } },
  'not an object': 'text',
};

for (const [name, result] of Object.entries(RESULTS)) {
  console.log(name, (await trackRun(name, async () => result)) === result);
}
console.log(trackRunSync({ name: 'at once', model: 'gpt-4o' }, () => RESULTS.response).id);
console.log(
  await trackRun(
    { name: 'own way', model: 'm', provider: 'groq', usage: (result) => result.spent },
    async () => ({ spent: { inputTokens: 5 } }),
  ).then(({ spent }) => spent.inputTokens),
);
console.log(
  await outcome(() => trackRun('fails', async () => Promise.reject(new RangeError('as it did')))),
);
console.log(
  await outcome(() =>
    trackRunSync('fails at once', () => {
      throw new TypeError('as it did');
    }),
  ),
);

/** A stream must not be begun by us. */
class Streamed {
  asked = 0;
  get textStream() {
    return [];
  }
  get usage() {
    this.asked += 1;
    return { inputTokens: 1 };
  }
}
console.log('asked', (await trackRun('streamed', async () => new Streamed())).asked);

if (sdk !== undefined) {
  const { default: Client } = await import(sdk);
  const client = new Client({ baseURL: url, apiKey: 'k', maxRetries: 0 });
  const ask = () =>
    client.chat.completions.create({ model: 'm-chat', messages: [{ role: 'user', content: 'x' }] });
  await trackRun('recorded within', ask);
  await trackRun('outer', () => trackRun('inner', ask));
}
await trackRun('told within', async () => {
  recordUsage({ model: 'gpt-4o', inputTokens: 3, outputTokens: 1 });
  return RESULTS.response;
});
await trackRun('outer of results', () =>
  trackRun('inner of results', async () => RESULTS.converse),
);

recordUsage({
  agent: 'host', action: 'stream', model: 'claude-sonnet-4-5', inputTokens: 1200, outputTokens: 90,
  cacheReadTokens: 1000, cacheWriteTokens: 50, reasoningTokens: 0, responseId: 'msg-9',
  durationMs: 1500, metadata: { show: 'news', take: 2 }, context: { user_id: 'ada' },
}); // prettier-ignore
recordUsage({ agent: 'editor', model: 'text-embedding-3-small', operation: 'embeddings', inputTokens: 8 }); // prettier-ignore
recordUsage({ agent: 'producer', model: 'own-model', error: new SyntaxError('cut off') });
recordUsage({ agent: 'checker', model: 'own-model', error: 'rate_limit', inputTokens: 1.5 });
runWithContext({ user_id: 'bo' }, () =>
  withAgent('nested', () => recordUsage({ model: 'gpt-4o', outputTokens: 2 })),
);
console.log(providerFromModel('gemini-2.5-pro'));
await flush();
