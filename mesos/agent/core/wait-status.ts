/** Upstream's words for signals (glibc's), as in "Command terminated with signal Segmentation fault". */
const SIGNAL_NAMES: readonly (string | undefined)[] = [
  undefined,
  'Hangup',
  'Interrupt',
  'Quit',
  'Illegal instruction',
  'Trace/breakpoint trap',
  'Aborted',
  'Bus error',
  'Floating point exception',
  'Killed',
  'User defined signal 1',
  'Segmentation fault',
  'User defined signal 2',
  'Broken pipe',
  'Alarm clock',
  'Terminated',
  'Stack fault',
  'Child exited',
  'Continued',
  'Stopped (signal)',
  'Stopped',
  'Stopped (tty input)',
  'Stopped (tty output)',
  'Urgent I/O condition',
  'CPU time limit exceeded',
  'File size limit exceeded',
  'Virtual timer expired',
  'Profiling timer expired',
  'Window changed',
  'I/O possible',
  'Power failure',
  'Bad system call',
];

/** What a raw wait status says, in upstream's words: `exited with status 7`, `terminated with signal Killed`. */
export function describeWaitStatus(waitStatus: number): string {
  const signal = waitStatus & 0x7f;
  if (signal === 0) return `exited with status ${(waitStatus >> 8) & 0xff}`;
  const core = (waitStatus & 0x80) === 0 ? '' : ' (core dumped)';
  return `terminated with signal ${SIGNAL_NAMES[signal] ?? `Unknown signal ${signal}`}${core}`;
}

/** Whether a process ended well. */
export function isSuccess(waitStatus: number): boolean {
  return waitStatus === 0;
}
