import type { Call_Hello } from '../../../../sdk/v1/generated/agent_link.ts';
import { resourcesViolations } from '../../../../sdk/v1/resources-validate.ts';
import { firstError, prefixed } from './first.ts';
import { idError } from './ids.ts';
import { RESOURCES_MAX } from './resources.ts';

/** The protocol between agent and master that this version speaks. */
const PROTOCOL = 1;

/** What keeps an agent from registering; asking again cannot help. */
export function helloError(hello: Call_Hello): string | undefined {
  const { agent_info: info } = hello;
  return firstError([
    () =>
      hello.protocol === PROTOCOL
        ? undefined
        : `hello.protocol is ${hello.protocol}, this master speaks ${PROTOCOL}: run agent and master of the same version`,
    () => (info.hostname === '' ? 'hello.agent_info.hostname must not be empty' : undefined),
    () => (info.id === undefined ? undefined : prefixed('hello.agent_info.id: ', idError(info.id.value))),
    () =>
      (info.resources?.length ?? 0) > RESOURCES_MAX
        ? `hello.agent_info.resources has ${info.resources?.length} entries, at most ${RESOURCES_MAX} are allowed`
        : undefined,
    () => {
      const [violation] = resourcesViolations(info.resources, 'hello.agent_info.resources');
      return violation && `${violation.path}: ${violation.message}`;
    },
  ]);
}
