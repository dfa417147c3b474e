// Loaded before a process of ours: its calendar time is off by what the environment says, as on a
// machine whose clock nobody sets. Time that only grows is left as it is, as there.

const shift_ms = Number(process.env['CHAOS_CLOCK_SHIFT_MS'] ?? 0);
const SystemDate = Date;

class ShiftedDate extends SystemDate {
  constructor(...given: [] | [string | number | Date] | [number, number]) {
    if (given.length === 0) super(SystemDate.now() + shift_ms);
    else super(...(given as [number]));
  }

  static override now(): number {
    return SystemDate.now() + shift_ms;
  }
}

if (shift_ms !== 0) globalThis.Date = ShiftedDate as DateConstructor;

// A harness that is itself killed must leave nothing behind.
process.on('disconnect', () => process.exit(1));
process.channel?.unref();
