// One switch for all adapters: hooks stay in place, calls pass by unrecorded.

let recording = true;

export function setRecording(on: boolean): void {
  recording = on;
}

export function isRecording(): boolean {
  return recording;
}
