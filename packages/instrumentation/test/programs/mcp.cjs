// The MCP scenarios, from a CommonJS module.
const { join } = require('node:path');
const [, , sdk] = process.argv;
const loaded = require(sdk);
const server = join(__dirname, 'mcp-server.mjs');
void import('./mcp-scenarios.mjs').then(({ run }) => run(loaded, [server, sdk]));
