// The SDK of this folder as CommonJS.
module.exports = require('@mistralai/mistralai');
