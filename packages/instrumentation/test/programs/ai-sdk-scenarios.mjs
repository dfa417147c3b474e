// What a program does with the Vercel AI SDK, once for each way that differs: it prints what it
// sees, and must print the same whether it is watched or not.

const prompt = 'Hi';
const cities = ['Bern', 'Rome'];

/** What the versions name differently. */
function dialectOf({ ai, z }, major) {
  const input = z.object({ city: z.string() });
  const weather = (execute) => ({
    weather: ai.tool({
      description: 'The weather',
      ...(major > 4 ? { inputSchema: input } : { parameters: input }),
      execute,
    }),
  });
  const twice = major > 4 ? { stopWhen: (ai.isStepCount ?? ai.stepCountIs)(2) } : { maxSteps: 2 };
  const named = (telemetry) =>
    major > 6 ? { telemetry } : { experimental_telemetry: { isEnabled: true, ...telemetry } };
  const off =
    major > 6
      ? { telemetry: { isEnabled: false } }
      : { experimental_telemetry: { isEnabled: false } };
  return { weather, twice, named, off };
}

/** Only the parts: of a failed stream some versions never settle the rest. */
async function readAll(result) {
  const parts = [];
  const said = {};
  for await (const part of result.fullStream ?? result.stream) {
    parts.push(part.type);
    if (part.type === 'finish') said.usage = part.totalUsage ?? part.usage;
    if (part.type === 'error') said.thrown = part.error.name;
  }
  return { parts, ...said };
}

const seen = ({ text, usage, finishReason, steps }) => ({
  text,
  usage,
  finishReason,
  steps: steps.map(({ toolCalls, toolResults }) => [toolCalls, toolResults]),
});

const quiet = { onError: () => {} };

/** Each takes the SDK, the models' makers, and what the versions name differently. */
const scenarios = {
  'm-chat': async ({ ai }, model) => seen(await ai.generateText({ model: model.chat, prompt })),
  'm-stream': ({ ai }, model) => readAll(ai.streamText({ model: model.chat, prompt })),
  'm-tool': async ({ ai }, model, { weather, twice }) =>
    seen(
      await ai.generateText({
        model: model.chat,
        prompt,
        tools: weather(async ({ city }) => ({ city, degrees: 21 })),
        ...twice,
      }),
    ),
  'm-tool-stream': ({ ai }, model, { weather, twice, named }) =>
    readAll(
      ai.streamText({
        model: model.chat,
        prompt,
        tools: weather(async ({ city }) => `${city}: 21`),
        ...twice,
        ...named({ functionId: 'forecaster' }),
      }),
    ),
  'm-tool-fails': async ({ ai }, model, { weather }) => {
    const tools = weather(async () => {
      throw new TypeError('no thermometer');
    });
    return seen(await ai.generateText({ model: model.chat, prompt, tools }));
  },
  'm-nested': async ({ ai }, model, { weather }) => {
    const tools = weather(async () => {
      const { text } = await ai.generateText({ model: model.inner, prompt });
      return text;
    });
    return seen(await ai.generateText({ model: model.chat, prompt, tools }));
  },
  'm-responses': async ({ ai }, model) =>
    seen(
      await ai.generateText({ model: model.responses, prompt, temperature: 0.5, maxRetries: 0 }),
    ),
  'm-claude': async ({ ai }, model) => seen(await ai.generateText({ model: model.claude, prompt })),
  'm-claude-stream': ({ ai }, model) => readAll(ai.streamText({ model: model.claude, prompt })),
  'm-parse': async ({ ai, z }, model) => {
    const schema = z.object({ city: z.string() });
    const { object, usage } = await ai.generateObject({ model: model.chat, prompt, schema });
    return { object, usage };
  },
  'm-embeddings': async ({ ai }, model) => {
    const { embedding, usage } = await ai.embed({ model: model.embedding, value: prompt });
    return { embedding, usage };
  },
  'm-embeddings-many': async ({ ai }, model) => {
    const { embeddings, usage } = await ai.embedMany({ model: model.embedding, values: cities });
    return { embeddings, usage };
  },
  'm-retry': async ({ ai }, model) => seen(await ai.generateText({ model: model.chat, prompt })),
  'm-missing': async ({ ai }, model) => seen(await ai.generateText({ model: model.chat, prompt })),
  'm-missing-stream': ({ ai }, model) =>
    readAll(ai.streamText({ model: model.missing, prompt, ...quiet })),
  'm-break': async ({ ai }, model) => {
    const parts = [];
    for await (const part of ai.streamText({ model: model.chat, prompt }).textStream) {
      parts.push(part);
      break;
    }
    return parts;
  },
  'm-abort': async ({ ai }, model) => {
    const gone = new AbortController();
    const { signal: abortSignal } = gone;
    const parts = [];
    const result = ai.streamText({ model: model.chat, prompt, abortSignal, ...quiet });
    for await (const part of result.textStream) {
      parts.push(part);
      gone.abort();
    }
    return parts;
  },
  'm-cut': ({ ai }, model) => readAll(ai.streamText({ model: model.chat, prompt, ...quiet })),
  'm-off': async ({ ai }, model, { off }) =>
    seen(await ai.generateText({ model: model.chat, prompt, ...off })),
};

export async function run(sdk, major, openaiURL, anthropicURL) {
  const strict = major > 4 ? {} : { compatibility: 'strict' };
  const openai = sdk.createOpenAI({ apiKey: 'none', baseURL: openaiURL, ...strict });
  const anthropic = sdk.createAnthropic({ apiKey: 'none', baseURL: anthropicURL });
  const dialect = dialectOf(sdk, major);
  globalThis.AI_SDK_LOG_WARNINGS = false;
  for (const [name, scenario] of Object.entries(scenarios)) {
    // Version 4 waits seconds before it tries again, whatever the server says, and wants more of
    // a response than the stand-in has.
    if (major < 5 && ['m-retry', 'm-responses'].includes(name)) continue;
    const model = {
      chat: openai.chat(name),
      inner: openai.chat('m-inner'),
      missing: openai.chat('m-missing'),
      responses: openai.responses(name),
      claude: anthropic(name),
      embedding: (openai.textEmbeddingModel ?? openai.embeddingModel)(name),
    };
    let told;
    try {
      told = await scenario(sdk, model, dialect);
    } catch (error) {
      told = { thrown: error.constructor.name, message: error.message, status: error.statusCode };
    }
    console.log(JSON.stringify([name, told]));
  }
}
