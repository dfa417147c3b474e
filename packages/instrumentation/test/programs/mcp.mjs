// The MCP scenarios, from an ES module.

import { fileURLToPath, pathToFileURL } from 'node:url';
import { run } from './mcp-scenarios.mjs';

const [, , sdk] = process.argv;
const server = fileURLToPath(new URL('mcp-server.mjs', import.meta.url));
await run(await import(pathToFileURL(sdk).href), [server, sdk]);
