import { duration } from "../../terminal/progress-text.js";
import type { FailedPicture, QueueStatus } from "./read-status.js";

/** The counts, in one line. */
export function countsText(status: QueueStatus): string {
  const { waiting, active, completed, failed, workers, picturesPerSecond, secondsLeft } = status;
  const done = completed + failed.length;
  const total = waiting + active + done;
  const percent = total === 0 ? "" : ` (${Math.floor((100 * done) / total)} %)`;
  const parts = [
    `${done} of ${total} pictures${percent}`,
    `${waiting} waiting`,
    `${active} in progress`,
    `${failed.length} failed`,
    `${workers} worker${workers === 1 ? "" : "s"}`,
    ...(picturesPerSecond === null || waiting + active === 0 ? [] : [`${picturesPerSecond.toPrecision(2)} pictures/s`]),
    ...(secondsLeft === null || secondsLeft === 0 ? [] : [`${duration(secondsLeft)} left`]),
  ];
  return parts.join(", ");
}

export function failedText({ picture, error }: FailedPicture): string {
  return `failed ${picture}: ${error.split("\n").join("; ")}`;
}
