// The LangChain scenarios, from a CommonJS module.
const [, , sdk, baseURL] = process.argv;
const loaded = require(sdk);
void import('./langchain-scenarios.mjs').then(({ run }) => run(loaded, baseURL));
