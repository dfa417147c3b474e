// The realtime client of this folder as CommonJS.
module.exports = require('openai/realtime/ws');
