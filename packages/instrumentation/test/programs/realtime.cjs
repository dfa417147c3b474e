const [, , sdk, realtime, url] = process.argv;
const OpenAI = require(sdk);
const { OpenAIRealtimeWS } = require(realtime);
void import('./realtime-scenarios.mjs').then(({ run }) => run(OpenAI, OpenAIRealtimeWS, url));
