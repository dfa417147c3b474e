// The SDK of this folder as CommonJS.
const sdk = require('groq-sdk');
module.exports = sdk.default ?? sdk;
