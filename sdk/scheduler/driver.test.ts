import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { SchedulerDriver } from './driver.ts';

const framework = { user: '', name: 'f' };

/** The reasons of the first failed attempts to subscribe. */
function reasonsOf(master: string, count: number): Promise<string[]> {
  return new Promise((resolve) => {
    const reasons: string[] = [];
    const driver = new SchedulerDriver({
      master,
      framework,
      offers: () => {},
      disconnected: (reason) => {
        reasons.push(reason);
        if (reasons.length === count) void driver.stop().then(() => resolve(reasons));
      },
    });
    driver.start();
  });
}

test('every attempt to subscribe that fails is told with its reason', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(400).end('the name is missing');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const master = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const refused = await reasonsOf(master, 2);
  expect(refused).toHaveLength(2);
  expect(refused[0]).toContain('the name is missing');
  await new Promise((resolve) => server.close(resolve));
  expect((await reasonsOf(master, 1))[0]).toContain('ECONNREFUSED');
});

test('a master that is not host:port is refused at once', () => {
  expect(() => new SchedulerDriver({ master: 'nonsense::', framework, offers: () => {} })).toThrow('not host:port');
});
