// The hook layer comes without types; module-hook.ts says what it uses of it.

declare module '@apm-js-collab/tracing-hooks/hook-sync.mjs';
