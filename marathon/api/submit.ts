import { type BodyCommand, judge } from '../core/api/judge.ts';
import type { ApiBackend, ApiRequest, ApiResponse } from './http.ts';
import type { BodyReader } from './schema/read-body.ts';

/** Carries out the command that is made of the body of a request; when the body is wrong, everything wrong is told at once. */
export async function submit<Input>(
  { body }: ApiRequest,
  backend: ApiBackend,
  read: BodyReader<Input>,
  command: (input: Input) => BodyCommand,
): Promise<ApiResponse> {
  const input = await read(body, (part) => backend.read((state) => judge(state, command(part))));
  return await backend.execute(command(input));
}
