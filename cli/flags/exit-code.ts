/** What the process says to the shell that started it; the meanings are public interface. */
export const EXIT = {
  /** Done, and good. */
  good: 0,
  /** The input is invalid, or a verification or check failed. */
  bad: 1,
  /** Usage error, or a file cannot be read or written. */
  usage: 2,
  /** A defect in smxc itself (EX_SOFTWARE of sysexits.h). */
  defect: 70,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
