// The SDK of this folder as an ES module.
export { default } from 'together-ai';
