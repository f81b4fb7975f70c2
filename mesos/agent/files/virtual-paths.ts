/**
 * Virtual paths of an agent, as upstream attaches them:
 *
 *     /slave/log                                             the agent's own log
 *     <work_dir>/slaves/ID/frameworks/F/executors/E/runs/C   a sandbox, by its place
 *     /frameworks/F/executors/E/runs/latest                  the executor's newest sandbox
 *
 * anything below a sandbox included.
 */

/** Where a virtual path leads: `root` may not be left, `suffix` (without leading slash, may be empty) is looked up below it. */
export interface VirtualTarget {
  readonly root: string;
  readonly suffix: string;
}

export interface VirtualRoots {
  /** Absolute `<work_dir>/slaves/<agent id>`; undefined before the first registration. */
  readonly agentDirectory: string | undefined;
  readonly logFile: string | undefined;
}

const SANDBOX = /^\/frameworks\/([^/]+)\/executors\/([^/]+)\/runs\/([^/]+)(?:\/(.*))?$/s;

/** Maps a virtual path; undefined where nothing is attached. Pure: symbolic links are the reader's business. */
export function resolveVirtual(path: string, roots: VirtualRoots): VirtualTarget | undefined {
  const { agentDirectory, logFile } = roots;
  const trimmed = path.replace(/\/+$/, '');
  if (logFile !== undefined && trimmed === '/slave/log') return { root: logFile, suffix: '' };
  if (agentDirectory === undefined) return undefined;
  const isAbsolute = trimmed.startsWith(`${agentDirectory}/`);
  const match = SANDBOX.exec(isAbsolute ? trimmed.slice(agentDirectory.length) : trimmed);
  if (match === null) return undefined;
  const [, framework = '', executor = '', run = '', suffix = ''] = match;
  if (!isAbsolute && run !== 'latest') return undefined;
  if ([framework, executor, run].some((segment) => segment === '.' || segment === '..')) return undefined;
  return { root: `${agentDirectory}/frameworks/${framework}/executors/${executor}/runs/${run}`, suffix };
}
