const POLL_MS = 20;

/**
 * Asks again until the probe answers something other than undefined or false, and does not throw.
 *
 * @param what what is waited for, for the message when the time is over.
 * @param withinMs generous: a machine under load is slow, and a test that passes never waits this long.
 */
export async function eventually<Value>(
  what: string,
  probe: () => Promise<Value | undefined | false> | Value | undefined | false,
  withinMs = 30_000,
): Promise<Value> {
  const deadlineMs = performance.now() + withinMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadlineMs) {
      const seen = last instanceof Error ? last.message : String(last);
      throw new Error(`${what}: not within ${withinMs} ms; last seen: ${seen}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
