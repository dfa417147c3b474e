// The SDK of this folder as CommonJS.
const sdk = require('@anthropic-ai/sdk');
module.exports = sdk.default ?? sdk;
