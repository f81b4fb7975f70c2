import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import descriptor from 'protobufjs/ext/descriptor.js';
import type { Descriptors, FieldFact } from '../../../sdk/v1/descriptor.ts';
import { missingCommand } from '../../support/requires.ts';

/** Packages of the jar that we define. resource_provider is not among them: nothing that we serve refers to it. */
export const packages = ['', 'scheduler', 'executor', 'master', 'agent', 'maintenance', 'quota', 'allocator'] as const;

const folder = fileURLToPath(new URL('.', import.meta.url));
const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath';

interface FieldProto {
  readonly name: string;
  readonly number: number;
  readonly label: 1 | 2 | 3;
  readonly type: number;
  readonly typeName?: string;
  readonly defaultValue?: string;
  readonly oneofIndex?: number;
  readonly options?: { readonly deprecated?: boolean };
}

interface EnumProto {
  readonly name: string;
  readonly value: readonly { readonly name: string; readonly number?: number }[];
}

interface MessageProto {
  readonly name: string;
  readonly field?: readonly FieldProto[];
  readonly nestedType?: readonly MessageProto[];
  readonly enumType?: readonly EnumProto[];
  readonly oneofDecl?: readonly { readonly name: string }[];
  readonly options?: { readonly mapEntry?: boolean };
}

interface FileProto {
  readonly package: string;
  readonly messageType?: readonly MessageProto[];
  readonly enumType?: readonly EnumProto[];
}

/** FieldDescriptorProto.Type; 11 and 14 are messages and enums, named by typeName. */
const typeNames: Readonly<Record<number, string>> = {
  1: 'double',
  2: 'float',
  3: 'int64',
  4: 'uint64',
  5: 'int32',
  6: 'fixed64',
  7: 'fixed32',
  8: 'bool',
  9: 'string',
  10: 'group',
  12: 'bytes',
  13: 'uint32',
  15: 'sfixed32',
  16: 'sfixed64',
  17: 'sint32',
  18: 'sint64',
};

const rules = { 1: 'optional', 2: 'required', 3: 'repeated' } as const;

function run(command: string, args: readonly string[]): string {
  const result = spawnSync(command, args, { cwd: folder, encoding: 'utf8', timeout: 240_000, maxBuffer: 2 ** 25 });
  if (result.error) throw result.error;
  if (result.status !== 0)
    throw new Error(`${command} ended with status ${result.status}: ${result.stdout}${result.stderr}`);
  return result.stdout;
}

/**
 * The FileDescriptorProtos inside org.apache.mesos:mesos 1.11.0, fetched through Maven; or, as a string, why they
 * cannot be had here.
 */
export function upstreamFiles(): readonly FileProto[] | string {
  const missing = missingCommand('mvn', ['--version']) ?? missingCommand('java', ['-version']);
  if (missing !== undefined) return missing;
  const scratch = mkdtempSync(join(tmpdir(), 'mesos-descriptors-'));
  try {
    const classPathFile = join(scratch, 'class-path');
    run('mvn', ['-q', '-B', plugin, `-Dmdep.outputFile=${classPathFile}`]);
    const classes = packages.map((name) => `org.apache.mesos.v1.${name === '' ? '' : `${name}.`}Protos`);
    const lines = run('java', ['-cp', readFileSync(classPathFile, 'utf8').trim(), 'PrintDescriptors.java', ...classes]);
    return lines.trim().split('\n').map(decodeFile);
  } catch (error) {
    return `org.apache.mesos:mesos:1.11.0 cannot be had through Maven: ${String(error).split('\n')[0]}`;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function decodeFile(line: string): FileProto {
  const type = descriptor.FileDescriptorProto;
  return type.toObject(type.decode(Buffer.from(line, 'base64'))) as unknown as FileProto;
}

function defaultOf(field: FieldProto, type: string): string | number | boolean {
  const text = field.defaultValue as string;
  if (type === 'bool') return text === 'true';
  return type === 'string' || field.typeName !== undefined ? text : Number(text);
}

function factOf(field: FieldProto, message: MessageProto, scope: string): FieldFact {
  const entry = (message.nestedType ?? []).find(
    (nested) => nested.options?.mapEntry && field.typeName === `.${scope}.${nested.name}`,
  );
  const value = entry?.field?.[1] ?? field;
  const type = value.typeName?.slice(1) ?? (typeNames[value.type] as string);
  return {
    name: field.name,
    id: field.number,
    rule: entry === undefined ? rules[field.label] : 'map',
    kind: value.type === 11 ? 'message' : value.type === 14 ? 'enum' : 'scalar',
    type,
    ...(field.defaultValue === undefined ? {} : { default: defaultOf(field, type) }),
    ...(field.options?.deprecated ? { deprecated: true } : {}),
    ...(field.oneofIndex === undefined ? {} : { oneof: message.oneofDecl?.[field.oneofIndex]?.name as string }),
  };
}

/** The same facts in the form of our own descriptors. */
export function upstreamFacts(files: readonly FileProto[]): Descriptors {
  const messages: Record<string, readonly FieldFact[]> = {};
  const enums: Record<string, Record<string, number>> = {};
  const visitEnum = (proto: EnumProto, scope: string): void => {
    enums[`${scope}.${proto.name}`] = Object.fromEntries(proto.value.map(({ name, number }) => [name, number ?? 0]));
  };
  const visit = (proto: MessageProto, scope: string): void => {
    if (proto.options?.mapEntry) return;
    const name = `${scope}.${proto.name}`;
    messages[name] = (proto.field ?? []).map((field) => factOf(field, proto, name));
    for (const nested of proto.nestedType ?? []) visit(nested, name);
    for (const nested of proto.enumType ?? []) visitEnum(nested, name);
  };
  for (const file of files) {
    for (const proto of file.messageType ?? []) visit(proto, file.package);
    for (const proto of file.enumType ?? []) visitEnum(proto, file.package);
  }
  return { messages, enums };
}
