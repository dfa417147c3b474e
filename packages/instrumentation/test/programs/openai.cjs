const [, , sdk, baseURL, names] = process.argv;
const OpenAI = require(sdk);
void import('./openai-scenarios.mjs').then(({ run }) => run(OpenAI, baseURL, names));
