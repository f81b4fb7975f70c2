import { CodecError, fromJson, messageType } from './codec.ts';
import type { Resource } from './generated/mesos.ts';
import { JsonSyntaxError, parseJson } from './json-text.ts';
import { Resources } from './resources.ts';
import { anyRole } from './resources-roles.ts';
import { parseValueText, ResourceTextError } from './resources-text.ts';
import { resourceViolations } from './resources-validate.ts';

export { ResourceTextError } from './resources-text.ts';

/** How `parseResources` fills in what the text leaves open. */
export interface ParseResourcesOptions {
  /** Role that resources without one are statically reserved for (`--default_role`); `*` leaves them unreserved. */
  readonly defaultRole?: string | undefined;
}

/**
 * Parses the value of `--resources`: `cpus:4;cpus(spark):8;ports:[31000-32000];bugs(r):{a,b}` or a JSON array of Resource.
 *
 * @throws ResourceTextError that quotes the offending part. As upstream, persistent volumes, revocable resources and dynamic
 * reservations are no flag values, and one name has one type.
 */
export function parseResources(text: string, options: ParseResourcesOptions = {}): Resources {
  const defaultRole = options.defaultRole ?? anyRole;
  const isJson = text.trimStart().startsWith('[');
  const resources = isJson ? fromJsonText(text, defaultRole) : fromText(text, defaultRole);
  checkFlagResources(resources.map(({ resource }) => resource));
  for (const { resource, source } of resources) {
    const [violation] = resourceViolations(resource, '');
    if (violation !== undefined) {
      throw new ResourceTextError(
        `Bad resource ${source}: ${violation.message} (field '${violation.path.replace(/^\./, '')}')`,
      );
    }
  }
  return Resources.fromProto(resources.map(({ resource }) => resource));
}

/** A resource and the words by which an error names it. */
interface Sourced {
  readonly resource: Resource;
  readonly source: string;
}

function fromText(text: string, defaultRole: string): readonly Sourced[] {
  return text
    .split(';')
    .filter((token) => token.trim() !== '')
    .map((token) => ({ resource: fromToken(token.trim(), defaultRole), source: `'${token.trim()}'` }));
}

function fromToken(token: string, defaultRole: string): Resource {
  const parts = token.split(':');
  const [key, value] = parts;
  if (parts.length !== 2 || key === undefined || value === undefined) {
    throw new ResourceTextError(
      `Bad value for resources, missing or extra ':' in '${token}': expecting name:value or name(role):value`,
    );
  }
  const found = /^([^()]*)(?:\(([^()]*)\))?\s*$/.exec(key);
  if (found === null) throw new ResourceTextError(`Bad value for resources, mismatched parentheses in '${token}'`);
  const name = (found[1] ?? '').trim();
  const role = found[2] === undefined ? defaultRole : found[2].trim();
  return {
    name,
    ...wireValue(token, value),
    ...(role === anyRole ? {} : { reservations: [{ type: 'STATIC', role }] }),
  };
}

function wireValue(token: string, text: string): Pick<Resource, 'type' | 'scalar' | 'ranges' | 'set'> {
  const parsed = readValue(token, text);
  switch (parsed.type) {
    case 'SCALAR':
      return { type: 'SCALAR', scalar: { value: parsed.value } };
    case 'RANGES':
      return { type: 'RANGES', ranges: { range: parsed.ranges } };
    case 'SET':
      return { type: 'SET', set: { item: parsed.items } };
    case 'TEXT':
      throw new ResourceTextError(
        `Bad value '${parsed.value}' in '${token}': expecting a number that is not negative, ranges like [1-5], or a set like {a,b}`,
      );
  }
}

function readValue(token: string, text: string): ReturnType<typeof parseValueText> {
  try {
    return parseValueText(text);
  } catch (error) {
    if (!(error instanceof ResourceTextError)) throw error;
    throw new ResourceTextError(`Failed to parse resource '${token}': ${error.message}`);
  }
}

function fromJsonText(text: string, defaultRole: string): readonly Sourced[] {
  return readArray(text).map((json, index) => {
    const source = `[${index}] of the JSON array`;
    const resource = readResource(json, source);
    const isBare = resource.role === undefined && (resource.reservations ?? []).length === 0;
    return { resource: isBare && defaultRole !== anyRole ? { ...resource, role: defaultRole } : resource, source };
  });
}

function readArray(text: string): readonly unknown[] {
  try {
    return parseJson(text) as readonly unknown[];
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new ResourceTextError(
      `Bad JSON for resources: ${error.message} at line ${error.line}, column ${error.column}`,
    );
  }
}

function readResource(json: unknown, source: string): Resource {
  try {
    return fromJson(messageType('mesos.v1.Resource'), json);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw new ResourceTextError(`Some JSON resources were not formatted properly: ${source}: ${error.message}`);
  }
}

/** What a protobuf may say but a flag may not. */
function checkFlagResources(resources: readonly Resource[]): void {
  const types = new Map<string, Resource['type']>();
  for (const { name, type, disk, revocable, reservation, reservations } of resources) {
    if (disk?.persistence !== undefined) {
      throw new ResourceTextError(
        `Persistent volumes cannot be specified at the command line ('${name}' has disk.persistence)`,
      );
    }
    if (revocable !== undefined) {
      throw new ResourceTextError(
        `Revocable resources cannot be specified at the command line; do not include a 'revocable' key in the resources JSON ('${name}')`,
      );
    }
    if (reservation !== undefined || reservations?.some((one) => one.type === 'DYNAMIC')) {
      throw new ResourceTextError(
        `Dynamic reservations cannot be specified at the command line; do not include a reservation with DYNAMIC type in the resources JSON ('${name}')`,
      );
    }
    if ((types.get(name) ?? type) !== type) {
      throw new ResourceTextError(`Resources with the same name ('${name}') but different types are not allowed`);
    }
    types.set(name, type);
  }
}
