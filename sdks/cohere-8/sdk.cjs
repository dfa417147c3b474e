// The SDK of this folder as CommonJS.
module.exports = require('cohere-ai');
