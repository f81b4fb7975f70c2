/**
 * Reads the value of an agent's or framework's `--master`: `host:port`, also as `http://host:port`.
 *
 * @returns `host:port`.
 * @throws Error that tells what is allowed.
 */
export function parseMasterAddress(text: string): string {
  if (text.startsWith('zk://')) throw new Error('zk:// is not supported yet: name the master as --master=host:port');
  const address = text.replace(/^http:\/\//, '').replace(/\/$/, '');
  const match = /^(?:\[[0-9a-fA-F:]+\]|[^\s:/@]+):(\d{1,5})$/.exec(address);
  const port = Number(match?.[1]);
  if (match === null || port < 1 || port > 65_535) throw new Error(`'${text}' is not host:port`);
  return address;
}
