// Who says so: the instrumentation scope of our spans.

export const SCOPE_NAME = '@spanledger/instrumentation';
export const SCOPE_VERSION = '0.1.0';
