const [, , sdk, baseURL] = process.argv;
const Anthropic = require(sdk);
void import('./anthropic-scenarios.mjs').then(({ run }) => run(Anthropic, baseURL));
