// The SDK of this folder as CommonJS.
module.exports = {
  ...require('@modelcontextprotocol/sdk/client/index.js'),
  ...require('@modelcontextprotocol/sdk/client/stdio.js'),
  ...require('@modelcontextprotocol/sdk/server/mcp.js'),
  ...require('@modelcontextprotocol/sdk/server/stdio.js'),
  z: require('zod').z,
};
