// The SDK of this folder as CommonJS.
module.exports = {
  agents: require('@openai/agents'),
  OpenAI: require('openai').default,
  z: require('zod').z,
};
