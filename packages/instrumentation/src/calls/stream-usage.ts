// Whether streams are asked for their usage where the program did not: off unless someone wants it,
// because it changes what is sent.

let wanted = false;

/**
 * From now on chat and text completions that are streamed ask for `include_usage`, unless the
 * program said something about it. The chunk that this adds is read and not handed to the program.
 */
export function setStreamUsage(on: boolean): void {
  wanted = on;
}

export function wantsStreamUsage(): boolean {
  return wanted;
}
