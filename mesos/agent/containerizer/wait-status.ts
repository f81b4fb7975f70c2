/** strsignal of Linux, as upstream's texts have it. */
const SIGNAL_TEXTS: readonly string[] = [
  'Unknown signal 0',
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

/** A raw wait status in upstream's words: `exited with status 1`, `terminated with signal Killed`. Linux signal numbers. */
export function describeWaitStatus(waitStatus: number): string {
  const signal = waitStatus & 0x7f;
  if (signal === 0) return `exited with status ${(waitStatus >> 8) & 0xff}`;
  const realTime = signal >= 34 ? `Real-time signal ${signal - 34}` : `Unknown signal ${signal}`;
  const core = (waitStatus & 0x80) === 0 ? '' : ' (core dumped)';
  return `terminated with signal ${SIGNAL_TEXTS[signal] ?? realTime}${core}`;
}
