// The AI SDK scenarios, with the SDK loaded by require().

const [, , sdk, major, openaiURL, anthropicURL] = process.argv;
const loaded = require(sdk);
import('./ai-sdk-scenarios.mjs').then(({ run }) =>
  run(loaded, Number(major), openaiURL, anthropicURL),
);
