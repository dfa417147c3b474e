// The program under test: what agents do with LangChain and LangGraph, one after the other. It prints
// what it sees, and must print the same whether it is watched or not.

const USAGE = {
  input_tokens: 150,
  output_tokens: 40,
  total_tokens: 190,
  input_token_details: { cache_read: 100, cache_creation: 30 },
  output_token_details: { reasoning: 12 },
};

/** A chat model of a provider whose client nobody watches. */
function fakeOf({ BaseChatModel, AIMessage, AIMessageChunk, ChatGenerationChunk }) {
  return class Fake extends BaseChatModel {
    constructor(fields) {
      super(fields);
      this.model = fields.model;
    }
    _llmType() {
      return 'fake';
    }
    getLsParams() {
      return { ls_provider: 'mistral', ls_model_name: this.model, ls_model_type: 'chat' };
    }
    bindTools(tools) {
      return this.bind ? this.bind({ tools }) : this.withConfig({ tools });
    }
    async _generate(messages) {
      if (this.model === 'f-broken') throw new RangeError('out of reach');
      const answered = messages.at(-1)._getType() === 'tool';
      const calls = [{ id: 'call_1', name: 'weather', args: { city: 'Bern' } }];
      const message = new AIMessage({
        content: answered ? 'sunny' : 'let me see',
        tool_calls: this.model === 'f-tools' && !answered ? calls : [],
        usage_metadata: USAGE,
        response_metadata: { finish_reason: 'stop', model_name: `${this.model}-2026` },
      });
      return { generations: [{ text: message.content, message }] };
    }
    async *_streamResponseChunks() {
      for (const text of ['a', 'b', 'c']) {
        const usage_metadata = text === 'c' ? USAGE : undefined;
        const message = new AIMessageChunk({ content: text, usage_metadata });
        yield new ChatGenerationChunk({ text, message });
      }
    }
  };
}

function scenariosOf(sdk, configuration) {
  const { ChatOpenAI, ChatPromptTemplate, MessagesAnnotation, START, StateGraph, ToolNode, z } =
    sdk;
  const Fake = fakeOf(sdk);
  const openai = (model, more) =>
    new ChatOpenAI({ model, apiKey: 'none', configuration, maxRetries: 0, ...more });
  const weather = sdk.tool(
    async ({ city }) => {
      const opinion = await new Fake({ model: 'f-within' }).invoke(city);
      return `sunny in ${city}, ${opinion.content}`;
    },
    { name: 'weather', description: 'Tells it', schema: z.object({ city: z.string() }) },
  );
  class Failing extends sdk.StructuredTool {
    name = 'failing';
    description = 'Fails';
    schema = z.object({ n: z.number() });
    async _call() {
      throw new TypeError('no such thing');
    }
  }
  class Shelf extends sdk.BaseRetriever {
    lc_namespace = ['test'];
    async _getRelevantDocuments(query) {
      return [{ pageContent: query, metadata: {} }];
    }
  }
  return {
    chain: async () => {
      const prompt = ChatPromptTemplate.fromMessages([['human', '{question}']]);
      const chain = prompt.pipe(openai('m-chat')).pipe(new sdk.StringOutputParser());
      return chain.invoke({ question: 'Hi' }, { runName: 'ask' });
    },
    'chain-stream': async () => {
      const prompt = ChatPromptTemplate.fromMessages([['human', '{question}']]);
      const chain = prompt.pipe(openai('m-stream')).pipe(new sdk.StringOutputParser());
      const seen = [];
      for await (const piece of await chain.stream({ question: 'Hi' })) seen.push(piece);
      return seen;
    },
    model: async () => {
      const { id, content, usage_metadata } = await new Fake({ model: 'f-plain' }).invoke('Hi');
      return { id, content, usage_metadata };
    },
    stream: async () => {
      const seen = [];
      for await (const piece of await new Fake({ model: 'f-stream' }).stream('Hi')) {
        seen.push([piece.id, piece.content]);
      }
      return seen;
    },
    'stream-left': async () => {
      for await (const piece of await new Fake({ model: 'f-left' }).stream('Hi')) {
        return piece.content;
      }
    },
    cached: async () => {
      const model = new Fake({ model: 'f-cached', cache: new sdk.InMemoryCache() });
      return [(await model.invoke('Hi')).content, (await model.invoke('Hi')).content];
    },
    batch: async () => {
      const prompts = ['Hi', 'Ho'].map((text) => [['human', text]]);
      const model = new Fake({ model: 'f-batch' });
      const messages = prompts.map((prompt) => ChatPromptTemplate.fromMessages(prompt));
      const asked = await Promise.all(messages.map((each) => each.formatMessages({})));
      return (await model.generate(asked)).generations.length;
    },
    broken: () => new Fake({ model: 'f-broken' }).invoke('Hi'),
    embeddings: async () => {
      const fields = { model: 'm-embeddings', apiKey: 'none', configuration, maxRetries: 0 };
      return (await new sdk.OpenAIEmbeddings(fields).embedQuery('Hi')).length;
    },
    tool: () => new Failing().invoke({ n: 1 }),
    retriever: () => new Shelf().invoke('books'),
    graph: async () => {
      const model = new Fake({ model: 'f-tools' });
      const graph = new StateGraph(MessagesAnnotation)
        .addNode('plan', async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
        .addNode('act', new ToolNode([weather]))
        .addNode('tell', async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
        .addEdge(START, 'plan')
        .addEdge('plan', 'act')
        .addEdge('act', 'tell')
        .compile();
      const thread = { configurable: { thread_id: 'thread-7' } };
      const asked = { messages: [{ role: 'user', content: 'Hi' }] };
      const { messages } = await graph.invoke(asked, thread);
      const nodes = [];
      for await (const update of await graph.stream(asked, { ...thread, streamMode: 'updates' })) {
        nodes.push(...Object.keys(update));
      }
      return { texts: messages.map(({ content }) => content), nodes };
    },
    agent: async () => {
      if (sdk.createAgent !== undefined) {
        const agent = sdk.createAgent({ model: openai('m-agent'), tools: [weather], name: 'host' });
        const { messages } = await agent.invoke({ messages: [{ role: 'user', content: 'Hi' }] });
        return messages.map(({ content }) => content);
      }
      const prompt = ChatPromptTemplate.fromMessages([
        ['human', '{input}'],
        ['placeholder', '{agent_scratchpad}'],
      ]);
      const llm = openai('m-agent', { streaming: false });
      const agent = sdk.createToolCallingAgent({ llm, tools: [weather], prompt });
      const executor = new sdk.AgentExecutor({ agent, tools: [weather] });
      return executor.invoke({ input: 'Hi' }, { runName: 'host' });
    },
  };
}

export async function run(sdk, baseURL) {
  for (const [name, scenario] of Object.entries(scenariosOf(sdk, { baseURL }))) {
    let seen;
    try {
      seen = await scenario();
    } catch (error) {
      seen = { thrown: error.constructor.name, message: error.message };
    }
    console.log(JSON.stringify([name, seen]));
  }
}
