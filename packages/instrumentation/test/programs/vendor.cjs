// Plays the scenarios of one client from CommonJS: vendor.cjs SCENARIOS SDK URL.
const [, , scenarios, sdk, baseURL] = process.argv;
const loaded = require(sdk);
void import('./vendor-play.mjs').then(({ play }) => play(scenarios, loaded, baseURL));
