import { z } from 'zod';
import { appSchema } from './app-schema.ts';
import { isEmptyCollection, strict, unsupported } from './shapes.ts';

/** A group in a request. */
export const groupSchema: z.ZodType<unknown> = strict({
  id: z.string().min(1).optional(),
  apps: z.array(appSchema).optional(),
  pods: unsupported('pods', isEmptyCollection),
  get groups(): z.ZodType<unknown> {
    return z.array(groupSchema).optional();
  },
  dependencies: z.array(z.string().min(1)).optional(),
  scaleBy: z.number().min(0).optional(),
  version: z.string().optional(),
  enforceRole: unsupported('roles of groups', (value) => value === false),
});

/** The body of `PATCH /v2/groups/{id}`. */
export const groupPatchSchema = strict({
  enforceRole: z
    .boolean()
    .refine((enforce) => !enforce, { error: 'roles of groups: not supported yet; allowed is false' })
    .optional(),
});

/** The body of `POST /v2/tasks/delete`. */
export const taskIdsSchema = strict({ ids: z.array(z.string()) });
