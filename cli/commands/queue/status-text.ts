import { duration } from "../../terminal/progress-text.js";
import type { QueueStatus } from "./read-status.js";

/** The counts in one line, and a line for each picture that failed. */
export function statusText(status: QueueStatus): readonly string[] {
  const { waiting, active, completed, failed, workers, picturesPerSecond, secondsLeft } = status;
  const done = completed + failed.length;
  const total = waiting + active + done;
  const percent = total === 0 ? "" : ` (${Math.floor((100 * done) / total)} %)`;
  const parts = [
    `${done} of ${total} pictures${percent}`,
    `${waiting} waiting`,
    `${active} in work`,
    `${failed.length} failed`,
    `${workers} worker${workers === 1 ? "" : "s"}`,
    ...(picturesPerSecond === null || waiting + active === 0 ? [] : [`${picturesPerSecond.toPrecision(2)} pictures/s`]),
    ...(secondsLeft === null || secondsLeft === 0 ? [] : [`${duration(secondsLeft)} left`]),
  ];
  return [
    parts.join(", "),
    ...failed.map(({ picture, error }) => `failed ${picture}: ${error.split("\n").join("; ")}`),
  ];
}
