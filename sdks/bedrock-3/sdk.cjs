// The SDK of this folder as CommonJS.
module.exports = require('@aws-sdk/client-bedrock-runtime');
