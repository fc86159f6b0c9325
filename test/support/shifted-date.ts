import { readFileSync } from "node:fs";

/**
 * Loaded before a process's own code (`--import`): its wall clock shows so many ms more than it is as the file of
 * `SHIFT_FILE` says, which SIGUSR2 has it read again. Nothing else of the process's time is touched.
 */
const file = process.env.SHIFT_FILE!;
const RealDate = Date;
let shiftMs = 0;

class ShiftedDate extends RealDate {
  constructor(...given: ConstructorParameters<typeof Date> | []) {
    super(...((given.length === 0 ? [ShiftedDate.now()] : given) as [number]));
  }

  static override now(): number {
    return RealDate.now() + shiftMs;
  }
}

function read(): void {
  shiftMs = Number(readFileSync(file, "utf8"));
}

read();
process.on("SIGUSR2", read);
globalThis.Date = ShiftedDate as DateConstructor;
