import type { Descriptors, FieldFact } from '../descriptor.ts';
import { protoFiles } from './proto-files.ts';

const banner = '// Written by `npm run generate` from sdk/v1/proto. Do not edit.\n';

const scalarTypes: Readonly<Record<string, string>> = {
  bool: 'boolean',
  bytes: 'Uint8Array',
  double: 'number',
  int32: 'number',
  int64: 'bigint',
  string: 'string',
  uint32: 'number',
  uint64: 'bigint',
};

/** The file that declares `name`: the one with the longest package that `name` starts with. */
function fileOf(name: string): (typeof protoFiles)[number] {
  let best: (typeof protoFiles)[number] | undefined;
  for (const file of protoFiles) {
    if (name.startsWith(`${file.package}.`) && file.package.length > (best?.package.length ?? 0)) best = file;
  }
  if (best === undefined) throw new Error(`${name} belongs to no package of protoFiles`);
  return best;
}

/** `mesos.v1.Offer.Operation` is `Offer_Operation` in its own module. */
function localName(name: string): string {
  return name.slice(fileOf(name).package.length + 1).replaceAll('.', '_');
}

function typeText(field: FieldFact, module: string): string {
  if (field.kind === 'scalar') return scalarTypes[field.type] as string;
  const owner = fileOf(field.type).module;
  return owner === module ? localName(field.type) : `${owner}.${localName(field.type)}`;
}

function fieldText(field: FieldFact, module: string): string {
  const type = typeText(field, module);
  const notes = [
    ...(field.default === undefined ? [] : [`Default ${JSON.stringify(field.default)}.`]),
    ...(field.deprecated ? ['Deprecated.'] : []),
    ...(field.oneof === undefined ? [] : [`One of \`${field.oneof}\`.`]),
  ];
  const doc = notes.length === 0 ? '' : `  /** ${notes.join(' ')} */\n`;
  if (field.rule === 'required') return `${doc}  readonly ${field.name}: ${type};\n`;
  const shape =
    field.rule === 'repeated'
      ? `readonly ${type}[]`
      : field.rule === 'map'
        ? `Readonly<Record<string, ${type}>>`
        : type;
  return `${doc}  readonly ${field.name}?: ${shape} | undefined;\n`;
}

function messageText(name: string, fields: readonly FieldFact[], module: string): string {
  const doc = `/** ${name} */\n`;
  if (fields.length === 0) return `${doc}export type ${localName(name)} = Readonly<Record<never, never>>;\n`;
  return `${doc}export interface ${localName(name)} {\n${fields.map((field) => fieldText(field, module)).join('')}}\n`;
}

function enumText(name: string, values: Readonly<Record<string, number>>): string {
  const names = Object.keys(values).map((value) => `  | '${value}'\n`);
  return `/** ${name} */\nexport type ${localName(name)} =\n${names.join('').trimEnd()};\n`;
}

function typesModule(module: string, facts: Descriptors): string {
  const imports = new Set<string>();
  const parts: string[] = [];
  for (const [name, values] of Object.entries(facts.enums)) {
    if (fileOf(name).module === module) parts.push(enumText(name, values));
  }
  for (const [name, fields] of Object.entries(facts.messages)) {
    if (fileOf(name).module !== module) continue;
    parts.push(messageText(name, fields, module));
    for (const field of fields) {
      if (field.kind !== 'scalar' && fileOf(field.type).module !== module) imports.add(fileOf(field.type).module);
    }
  }
  const importText = [...imports].sort().map((other) => `import type * as ${other} from './${other}.ts';\n`);
  return [banner, ...(imports.size === 0 ? [] : [importText.join('')]), ...parts].join('\n');
}

function messageTypesModule(facts: Descriptors): string {
  const imports = protoFiles.map(({ module }) => `import type * as ${module} from './${module}.ts';\n`);
  const rows = (names: string[]) => names.map((name) => `  '${name}': ${fileOf(name).module}.${localName(name)};\n`);
  return [
    banner,
    imports.join(''),
    `/** The TypeScript type of each message, by full proto name. */\nexport interface MessageTypes {\n${rows(Object.keys(facts.messages)).join('')}}\n`,
    `/** The TypeScript type of each enum, by full proto name. */\nexport interface EnumTypes {\n${rows(Object.keys(facts.enums)).join('')}}\n`,
  ].join('\n');
}

function literal(value: object): string {
  const entries = Object.entries(value).map(([key, entry]) => `${key}: ${JSON.stringify(entry)}`);
  return `{ ${entries.join(', ')} }`;
}

function descriptorsModule(facts: Descriptors): string {
  const messages = Object.entries(facts.messages).map(([name, fields]) =>
    fields.length === 0
      ? `    '${name}': [],\n`
      : `    '${name}': [\n${fields.map((field) => `      ${literal(field)},\n`).join('')}    ],\n`,
  );
  const enums = Object.entries(facts.enums).map(([name, values]) => `    '${name}': ${literal(values)},\n`);
  return [
    banner,
    `import type { Descriptors } from '../descriptor.ts';\n`,
    `/** Every message and enum of sdk/v1/proto. */\nexport const descriptors: Descriptors = {\n  messages: {\n${messages.join('')}  },\n  enums: {\n${enums.join('')}  },\n};\n`,
  ].join('\n');
}

/** File name -> text of everything below `generated/`. */
export function generatedFiles(facts: Descriptors): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const { module } of protoFiles) files.set(`${module}.ts`, typesModule(module, facts));
  files.set('message-types.ts', messageTypesModule(facts));
  files.set('descriptors.ts', descriptorsModule(facts));
  return files;
}
