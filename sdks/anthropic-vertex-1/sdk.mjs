// The SDK of this folder as an ES module.
export * from '@anthropic-ai/vertex-sdk';
