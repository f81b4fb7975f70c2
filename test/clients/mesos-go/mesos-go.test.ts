import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../../support/cluster.ts';
import { freePort } from '../../support/daemon-process.ts';
import { describeIf, missingCommand } from '../../support/requires.ts';
import { runStory } from '../client-story.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const binaries = fileURLToPath(new URL('../../../.cache/mesos-go/', import.meta.url));
const PACKAGES = ['example-scheduler', 'example-executor'].map(
  (name) => `github.com/mesos/mesos-go/api/v1/cmd/${name}`,
);
const BUILD_TIMEOUT_MS = 600_000;

/** Builds the real client's own examples, unmodified; answers why it cannot. */
function build(): string | undefined {
  const missing = missingCommand('go', ['version']);
  if (missing !== undefined) return missing;
  const built = spawnSync('go', ['build', '-o', binaries, ...PACKAGES], {
    cwd: folder,
    encoding: 'utf8',
    timeout: BUILD_TIMEOUT_MS,
  });
  return built.status === 0
    ? undefined
    : `go build failed: ${built.error?.message ?? built.stderr.trim().split('\n').at(-1)}`;
}

describeIf('mesos-go 0.0.11', build(), () => {
  describe.each(['protobuf', 'json'])('with -codec %s', (codec) => {
    let cluster: Cluster;
    beforeAll(async () => {
      cluster = await startCluster();
    });
    afterAll(() => cluster?.close());

    test('its example scheduler runs five tasks on its example executor', async () => {
      const args = [
        `-url=http://127.0.0.1:${cluster.master.options.port}/api/v1/scheduler`,
        `-codec=${codec}`,
        '-tasks=5',
        `-executor=${join(binaries, 'example-executor')}`,
        '-server.address=127.0.0.1',
        `-server.port=${await freePort()}`,
        `-metrics.port=${await freePort()}`,
        '-cpu=0.1',
        '-verbose',
      ];
      const { stdout, stderr } = await runStory(join(binaries, 'example-scheduler'), args, { timeoutMs: 120_000 });
      expect(stdout + stderr).toContain('mission accomplished');
    });
  });
});
