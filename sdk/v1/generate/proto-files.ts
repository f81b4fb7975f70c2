import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';

/** The proto package of each generated module; every package is declared in one file. */
export const protoFiles = [
  { module: 'duration', package: 'google.protobuf', path: 'google/protobuf/duration.proto' },
  { module: 'mesos', package: 'mesos.v1', path: 'mesos/v1/mesos.proto' },
  { module: 'scheduler', package: 'mesos.v1.scheduler', path: 'mesos/v1/scheduler/scheduler.proto' },
  { module: 'executor', package: 'mesos.v1.executor', path: 'mesos/v1/executor/executor.proto' },
  { module: 'allocator', package: 'mesos.v1.allocator', path: 'mesos/v1/allocator/allocator.proto' },
  { module: 'maintenance', package: 'mesos.v1.maintenance', path: 'mesos/v1/maintenance/maintenance.proto' },
  { module: 'quota', package: 'mesos.v1.quota', path: 'mesos/v1/quota/quota.proto' },
  { module: 'master', package: 'mesos.v1.master', path: 'mesos/v1/master/master.proto' },
  { module: 'agent', package: 'mesos.v1.agent', path: 'mesos/v1/agent/agent.proto' },
  { module: 'agent_link', package: 'meseta.agent_link.v1', path: 'meseta/agent_link.proto' },
] as const;

const protoRoot = new URL('../proto/', import.meta.url);

/** Parses every file of `protoFiles` into one resolved root; field names stay as written. */
export function loadProtos(): protobuf.Root {
  const root = new protobuf.Root();
  for (const { path } of protoFiles) {
    protobuf.parse(readFileSync(new URL(path, protoRoot), 'utf8'), root, { keepCase: true });
  }
  root.resolveAll();
  return root;
}
