// A LangChain agent whose tool asks an MCP server in another process: every layer is one that is
// recorded, and there are two model calls and one tool call.

import { fileURLToPath, pathToFileURL } from 'node:url';

const [, , langchain, mcp, baseURL] = process.argv;
const { ChatOpenAI, createAgent, tool, z } = await import(pathToFileURL(langchain).href);
const { Client, StdioClientTransport } = await import(pathToFileURL(mcp).href);

const server = fileURLToPath(new URL('mcp-server.mjs', import.meta.url));
const { execPath: command, execArgv, env } = process;
const client = new Client({ name: 'desk', version: '1.0.0' });
await client.connect(
  new StdioClientTransport({ command, args: [...execArgv, server, mcp], env, stderr: 'inherit' }),
);
const { tools } = await client.listTools();
const name = tools[0].name;
const weather = tool(
  async (given) => {
    const { content } = await client.callTool({ name, arguments: given });
    return content[0].text;
  },
  { name, description: tools[0].description, schema: z.object({ city: z.string() }) },
);
const model = new ChatOpenAI({ model: 'm-agent', apiKey: 'none', configuration: { baseURL } });
const agent = createAgent({ model, tools: [weather], name: 'host' });
const asked = { messages: [{ role: 'user', content: 'Hi' }] };
const { messages } = await agent.invoke(asked, { configurable: { thread_id: 'thread-1' } });
console.log(JSON.stringify(messages.map(({ content }) => content)));
await client.close();
