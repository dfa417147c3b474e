// The program under test: what agents do with the OpenAI Agents SDK, one after the other. It prints
// what it sees, and must print the same whether it is watched or not.

function scenariosOf({ agents, OpenAI, z }, baseURL) {
  const client = new OpenAI({ apiKey: 'none', baseURL });
  const model = (name, useResponses) =>
    useResponses
      ? new agents.OpenAIResponsesModel(client, name)
      : new agents.OpenAIChatCompletionsModel(client, name);
  const weather = agents.tool({
    name: 'weather',
    description: 'Tells it',
    parameters: z.object({ city: z.string() }),
    execute: async ({ city }) => {
      const { output_text } = await client.responses.create({ model: 'm-within', input: city });
      return `sunny in ${city}, ${output_text}`;
    },
  });
  const broken = agents.tool({
    name: 'weather',
    description: 'Fails',
    parameters: z.object({ city: z.string() }),
    errorFunction: null,
    execute: async () => {
      throw new TypeError('no such place');
    },
  });
  const runner = (more) =>
    new agents.Runner({ tracingDisabled: false, workflowName: 'desk', ...more });
  const guard = {
    name: 'polite',
    execute: async () => ({ tripwireTriggered: false, outputInfo: {} }),
  };
  /** A model of nobody we know, over its own client. */
  const own = {
    async getResponse() {
      return agents.withGenerationSpan(
        async (span) => {
          span.spanData.usage = { input_tokens: 7, output_tokens: 3 };
          const content = [{ type: 'output_text', text: 'own words' }];
          const message = { type: 'message', role: 'assistant', status: 'completed', content };
          return { usage: new agents.Usage(), output: [message] };
        },
        { data: { model: 'own-1' } },
      );
    },
    async *getStreamedResponse() {},
  };
  return {
    chat: async () => {
      const agent = new agents.Agent({
        name: 'host',
        model: model('m-agent', false),
        tools: [weather],
        inputGuardrails: [guard],
      });
      const { finalOutput } = await runner({ groupId: 'talk-9' }).run(agent, 'Hi');
      return finalOutput;
    },
    responses: async () => {
      const agent = new agents.Agent({ name: 'reader', model: model('m-responses', true) });
      return (await runner().run(agent, 'Hi')).finalOutput;
    },
    streamed: async () => {
      const agent = new agents.Agent({ name: 'reader', model: model('m-responses-stream', true) });
      const result = await runner().run(agent, 'Hi', { stream: true });
      const seen = [];
      for await (const { type } of result) seen.push(type);
      await result.completed;
      return { seen, final: result.finalOutput };
    },
    broken: async () => {
      const agent = new agents.Agent({
        name: 'host',
        model: model('m-broken-tool', false),
        tools: [broken],
      });
      return (await runner().run(agent, 'Hi')).finalOutput;
    },
    nested: async () => {
      const inner = new agents.Agent({ name: 'inner', model: model('m-inner', false) });
      const tool = agents.tool({
        name: 'weather',
        description: 'Asks another',
        parameters: z.object({ city: z.string() }),
        execute: async ({ city }) => (await runner().run(inner, city)).finalOutput,
      });
      const outer = new agents.Agent({
        name: 'outer',
        model: model('m-outer', false),
        tools: [tool],
      });
      return (await runner().run(outer, 'Hi')).finalOutput;
    },
    own: async () => {
      const agent = new agents.Agent({ name: 'alone', model: own });
      return (await runner().run(agent, 'Hi')).finalOutput;
    },
    beside: async () => {
      const agent = (name) => new agents.Agent({ name, model: model(`m-${name}`, false) });
      const both = ['left', 'right'].map((name) => runner().run(agent(name), 'Hi'));
      return (await Promise.all(both)).map(({ finalOutput }) => finalOutput);
    },
  };
}

export async function run(sdk, baseURL) {
  // Its own exporter would send the traces to OpenAI.
  sdk.agents.setTraceProcessors([]);
  for (const [name, scenario] of Object.entries(scenariosOf(sdk, baseURL))) {
    let seen;
    try {
      seen = await scenario();
    } catch (error) {
      seen = { thrown: error.constructor.name, message: error.message };
    }
    console.log(JSON.stringify([name, seen]));
  }
}
