/** How tasks are kept apart, and why so: told at start-up, in `/state` and on the launcher's screen. */
export const ISOLATION = {
  mode: 'process groups (posix/cpu, posix/mem)',
  reason: 'resources are counted, not enforced; cgroups are not used yet',
} as const;
