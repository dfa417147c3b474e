// The scenarios of the OpenAI Agents SDK, from a CommonJS module.
const [, , sdk, baseURL] = process.argv;
const loaded = require(sdk);
void import('./openai-agents-scenarios.mjs').then(({ run }) => run(loaded, baseURL));
