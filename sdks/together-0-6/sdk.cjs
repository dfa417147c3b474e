// The SDK of this folder as CommonJS.
const sdk = require('together-ai');
module.exports = sdk.default ?? sdk;
