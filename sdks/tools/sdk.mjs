// The bundler and its plugin that the bundling test uses.
export { build } from 'esbuild';
export { default as codeTransformer } from '@apm-js-collab/code-transformer-bundler-plugins/esbuild';
