/** Whether a client takes gzip. */
export function acceptsGzip(encoding: string | undefined): boolean {
  return (encoding ?? '').split(',').some((part) => {
    const [name, ...parameters] = part.split(';').map((word) => word.trim().toLowerCase());
    return (name === 'gzip' || name === '*') && !parameters.includes('q=0');
  });
}
