// The SDK of this folder as CommonJS.
module.exports = {
  ...require('@modelcontextprotocol/client'),
  ...require('@modelcontextprotocol/client/stdio'),
  ...require('@modelcontextprotocol/server'),
  ...require('@modelcontextprotocol/server/stdio'),
  z: require('zod').z,
};
