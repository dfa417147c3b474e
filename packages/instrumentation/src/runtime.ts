// Runtimes that are not Node: what they do not let us do is said once, at the start.

/** One line for whoever starts us there; null under Node. */
export function runtimeNote(versions: Readonly<Record<string, string | undefined>>): string | null {
  if (versions['bun'] !== undefined) {
    return (
      'Bun does not let modules be hooked: clients are recorded only when they are handed to ' +
      'instrumentOpenAI() and its like; see docs/instrumentation/runtimes.md'
    );
  }
  if (versions['deno'] !== undefined) {
    return (
      'Deno is not tested here: start with --preload and --node-modules-dir=manual, or hand ' +
      'clients to instrumentOpenAI() and its like; see docs/instrumentation/runtimes.md'
    );
  }
  return null;
}
