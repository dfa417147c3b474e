// The server that the MCP scenarios ask, in a process of its own.

import { pathToFileURL } from 'node:url';

const [, , path] = process.argv;
const { McpServer, StdioServerTransport, z } = await import(pathToFileURL(path).href);

const server = new McpServer({ name: 'weather-desk', version: '1.0.0' });
const city = { city: z.string() };
const weather = async ({ city: where }) => ({
  content: [{ type: 'text', text: `sunny in ${where}` }],
});
const failing = async () => {
  throw new TypeError('no such place');
};
const greeting = async () => ({
  messages: [{ role: 'user', content: { type: 'text', text: 'Hi' } }],
});
if (server.registerTool === undefined) {
  server.tool('weather', 'Tells it', city, weather);
  server.tool('failing', 'Fails', failing);
  server.prompt('greeting', greeting);
} else {
  const isSplit = path.includes('mcp-2');
  const inputSchema = isSplit ? z.object(city) : city;
  server.registerTool('weather', { description: 'Tells it', inputSchema }, weather);
  server.registerTool('failing', { description: 'Fails' }, failing);
  server.registerPrompt('greeting', { description: 'Greets' }, greeting);
}
await server.connect(new StdioServerTransport());
