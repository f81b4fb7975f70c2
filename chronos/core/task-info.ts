import type {
  CommandInfo,
  CommandInfo_URI,
  Environment,
  Offer,
  Resource,
  TaskInfo,
} from '../../sdk/v1/generated/mesos.ts';
import type { Job } from './job.ts';
import { decimalText } from './matching.ts';
import { type Run, taskIdOf } from './run.ts';

const NANOSECONDS_PER_SECOND = 1_000_000_000n;
/** A command that is a URL is fetched, made executable and run. */
const URL_COMMAND = /^(?:https?|ftps?):\/\//;

/** The task of a run's next attempt. Source of names, environment and commands: MesosTaskBuilder.scala. */
export function taskInfoOf(job: Job, run: Run, offer: Offer, resources: readonly Resource[]): TaskInfo {
  const taskId = taskIdOf(run, job.arguments);
  const environment = environmentOf(job, run, offer, taskId);
  const command = commandOf(job, run, environment);
  return {
    name: `ChronosTask:${job.name}`,
    task_id: { value: taskId },
    agent_id: offer.agent_id,
    resources,
    ...(job.executor === '' ? { command } : executorOf(job, taskId, command)),
    ...(job.maxCompletionTime === 0
      ? {}
      : { max_completion_time: { nanoseconds: BigInt(job.maxCompletionTime) * NANOSECONDS_PER_SECOND } }),
  };
}

/** Arguments of one run: what was given with run-now, in place of the job's own. */
function argumentsOf(job: Job, run: Run): readonly string[] {
  if (run.arguments === undefined) return job.arguments;
  // With a shell the text goes to it as it is; without one, words are the arguments.
  return job.shell ? [run.arguments] : run.arguments.split(/\s+/).filter((word) => word !== '');
}

/**
 * Differs: upstream appends the arguments to the command and passes them as argv too, so that without a shell no program is found. Here they are
 * appended with a shell, and the program's arguments without one.
 */
function commandOf(job: Job, run: Run, environment: Environment): CommandInfo {
  const uris = urisOf(job);
  const common = { environment, user: job.runAsUser };
  const words = argumentsOf(job, run);
  if (URL_COMMAND.test(job.command)) {
    const program = job.command.slice(job.command.lastIndexOf('/') + 1);
    const value = [`"./${program}"`, ...words].join(' ');
    return { ...common, uris: [...uris, { value: job.command, executable: true }], shell: true, value };
  }
  if (job.shell) return { ...common, uris, shell: true, value: [job.command, ...words].join(' ') };
  return { ...common, uris, shell: false, value: job.command, arguments: [job.command, ...words] };
}

function urisOf(job: Job): readonly CommandInfo_URI[] {
  const plain = job.uris.map((uri) => ({ uri, executable: false, cache: false, extract: true, output_file: '' }));
  return [...job.fetch, ...plain].map(({ uri, executable, cache, extract, output_file }) => ({
    value: uri,
    executable,
    extract,
    cache,
    ...(output_file === '' ? {} : { output_file }),
  }));
}

/** A custom executor gets the command as data. Differs: its id is the task's, so that runs with other environments never share one. */
function executorOf(job: Job, taskId: string, command: CommandInfo): Pick<TaskInfo, 'executor' | 'data'> {
  const { environment, user, uris } = command;
  const text = job.taskInfoData === '' ? `${job.executorFlags}|${job.command}` : job.taskInfoData;
  return {
    executor: {
      type: 'CUSTOM',
      executor_id: { value: taskId },
      command: { value: job.executor, environment, user, uris },
    },
    data: new TextEncoder().encode(text),
  };
}

/** Upstream's variables, then the job's; a job cannot replace what is set for it. */
function environmentOf(job: Job, run: Run, offer: Offer, taskId: string): Environment {
  const given: Readonly<Record<string, string>> = {
    mesos_task_id: taskId,
    MESOS_TASK_ID: taskId,
    CHRONOS_JOB_OWNER: job.owner,
    CHRONOS_JOB_NAME: job.name,
    HOST: offer.hostname,
    CHRONOS_RESOURCE_MEM: decimalText(job.mem),
    CHRONOS_RESOURCE_CPU: decimalText(job.cpus),
    CHRONOS_RESOURCE_DISK: decimalText(job.disk),
    CHRONOS_JOB_RUN_TIME: String(run.dueMs),
    CHRONOS_JOB_RUN_ATTEMPT: String(run.launches),
  };
  const own = job.environmentVariables.filter(({ name }) => !Object.hasOwn(given, name));
  return {
    variables: [...Object.entries(given).map(([name, value]) => ({ name, value })), ...own],
  };
}
