// The SDK of this folder as CommonJS.
module.exports = require('@anthropic-ai/vertex-sdk');
