import type { FetchUri } from '../containerizer/containerizer.ts';

/** Where a URI's bytes come from. */
export type UriSource =
  | { readonly kind: 'local'; readonly path: string }
  | { readonly kind: 'http'; readonly url: string }
  | { readonly kind: 'refused'; readonly message: string };

/** Upstream's check of a URI before anything is fetched; the problem's text, or undefined. */
export function validateUri(uri: FetchUri): string | undefined {
  const value = uri.value.trimStart();
  const name = fileName(value);
  if (typeof name !== 'string') return name.message;
  const source = classify(value, undefined);
  if (source.kind === 'refused' && schemeOf(value) !== undefined) return source.message;
  return uri.output_file === undefined ? undefined : validateOutputFile(uri.output_file);
}

/** The file name that a URI gives its download, or what is wrong with it. */
export function fileName(value: string): string | { readonly message: string } {
  if (/[\\'\0]/.test(value)) return { message: 'Illegal characters in URI' };
  const at = value.indexOf('://');
  const path = at > 1 ? value.slice(at + 3) : value;
  if (at > 1 && !/\/./.test(path)) return { message: `Malformed URI (missing path): ${value}` };
  const name = path.replace(/\/+$/, '');
  const last = name.slice(name.lastIndexOf('/') + 1);
  // Differs: upstream writes to the sandbox itself, or fails with an error of the operating system.
  if (last === '' || last === '.' || last === '..') return { message: `Malformed URI (missing file name): ${value}` };
  return last;
}

function validateOutputFile(path: string): string | undefined {
  if (path === '') return 'URI output file path is empty';
  // Differs: upstream lets `..` lead out of the sandbox.
  if (path.startsWith('/') || path.includes('\0') || path.split('/').includes('..')) {
    return 'URI output file must be within the sandbox directory';
  }
  return path.endsWith('/') || path.endsWith('/.') || path === '.' ? 'URI output file must name a file' : undefined;
}

/** Tells what to do with a URI. */
export function classify(value: string, frameworksHome: string | undefined): UriSource {
  const uri = value.trimStart();
  const scheme = schemeOf(uri);
  if (scheme === 'http' || scheme === 'https') return { kind: 'http', url: uri };
  if (scheme !== undefined && scheme !== 'file') {
    return {
      kind: 'refused',
      message: `URI '${uri}' has the scheme '${scheme}', which is not supported; allowed are http, https, file and absolute paths`,
    };
  }
  const path = scheme === 'file' ? uri.slice('file://'.length).replace(/^localhost\//, '/') : uri;
  if (path.startsWith('/')) return { kind: 'local', path };
  if (scheme === 'file') return { kind: 'refused', message: 'File URI only supports absolute paths' };
  if (frameworksHome !== undefined && frameworksHome !== '')
    return { kind: 'local', path: `${frameworksHome}/${path}` };
  return {
    kind: 'refused',
    message:
      'A relative path was passed for the resource but the Mesos framework home was not specified. ' +
      'Please either provide this config option or avoid using a relative path',
  };
}

function schemeOf(uri: string): string | undefined {
  const at = uri.indexOf('://');
  return at > 1 ? uri.slice(0, at).toLowerCase() : undefined;
}

export type ArchiveKind = 'tar' | 'zip' | 'gzip';

/** How a file of this name is unpacked. */
export function archiveKind(path: string): ArchiveKind | undefined {
  if (/\.(tar|tgz|tar\.gz|tbz2|tar\.bz2|txz|tar\.xz)$/.test(path)) return 'tar';
  if (path.endsWith('.zip')) return 'zip';
  return path.endsWith('.gz') ? 'gzip' : undefined;
}
