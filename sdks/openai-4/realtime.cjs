// The realtime client of this folder as CommonJS.
module.exports = require('openai/beta/realtime/ws');
