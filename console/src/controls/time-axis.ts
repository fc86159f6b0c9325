/** Pixels for a time with its seconds and some room: ticks that are closer would run together. */
export const tickRoom = 92;
/** Between two ticks. Below a second they would all say the same. */
export const tickSeconds = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 10_800, 21_600, 86_400, 604_800,
];
const daysFrom = 10_800;

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});

/** What stands at the ticks (seconds since 1970): to the second only where that tells them apart, with the day where they are hours apart. */
export function timesOf(ticks: readonly number[]): string[] {
  const isOfDays = (ticks[1] ?? 0) - (ticks[0] ?? 0) >= daysFrom;
  if (isOfDays) return ticks.map((at) => day.format(at * 1000));
  return ticks.map((at) => clock.format(at * 1000).replace(/:00$/, ""));
}
