/** What failed: the JSON text itself, its conversion into a message, the binary form, or the writing of a message. */
export type CodecErrorKind = 'syntax' | 'convert' | 'binary' | 'write';

/**
 * A message could not be read or written. `message` is Mesos' own text for the failure, without the prefix that
 * a server adds (see `decodeBody`). `path` leads to the offending field ('' at the top, or where it is not known).
 */
export class CodecError extends Error {
  readonly kind: CodecErrorKind;
  readonly path: string;

  constructor(kind: CodecErrorKind, message: string, path = '') {
    super(message);
    this.name = 'CodecError';
    this.kind = kind;
    this.path = path;
  }
}

/** The same error, seen from one level further out. */
export function withPath(error: unknown, step: string): unknown {
  if (!(error instanceof CodecError)) return error;
  const rest = error.path === '' || error.path.startsWith('[') ? error.path : `.${error.path}`;
  return new CodecError(error.kind, error.message, `${step}${rest}`);
}
