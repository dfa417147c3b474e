// The SDK of this folder as CommonJS.
module.exports = require('@google/genai');
