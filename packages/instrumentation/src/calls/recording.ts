// One switch for all adapters: hooks stay in place, calls pass by unrecorded.

import { hasOpenWork } from '../context/open-work.ts';

let recording = true;

export function setRecording(on: boolean): void {
  recording = on;
}

export function isRecording(): boolean {
  return recording;
}

/** Nothing is recorded, and nothing that was begun before waits for its end. */
export function isIdle(): boolean {
  return !recording && !hasOpenWork();
}
