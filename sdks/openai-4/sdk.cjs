// The SDK of this folder as CommonJS.
const sdk = require('openai');
module.exports = sdk.default ?? sdk;
