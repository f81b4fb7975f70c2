import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { runStory, type StoryResult } from '../../clients/client-story.ts';
import { describeIf } from '../../support/requires.ts';

/** A namespace in which upstream's default ports and folders are free. */
const NAMESPACE = ['--net', '--mount', '--fork', 'sh', '-c'];
const ENTER = 'ip link set lo up && mkdir -p /tmp/mesos && mount -t tmpfs tmpfs /tmp/mesos';

function missing(): string | undefined {
  const { status } = spawnSync('unshare', [...NAMESPACE, `${ENTER} && true`], { stdio: 'ignore' });
  return status === 0 ? undefined : 'network and mount namespaces need root, unshare and ip';
}

describeIf('lines of the classic tutorials', missing(), () => {
  let story: StoryResult;
  const step = (name: string) => story.lines.find((line) => line['step'] === name);

  beforeAll(async () => {
    const program = fileURLToPath(new URL('story.ts', import.meta.url));
    story = await runStory('unshare', [...NAMESPACE, `${ENTER} && exec '${process.execPath}' '${program}'`], {
      timeoutMs: 150_000,
    });
    expect(step('end'), `${story.stdout}\n${story.stderr}`).toBeDefined();
  }, 160_000);

  test('static reservations are offered to their role beside the unreserved', () => {
    expect(step('roles')).toMatchObject({ spark: { cpus: 12, mem: 6144 }, others: { cpus: 4, mem: 2048 } });
  });

  test('ids count from zero and an offer tells where its agent is', () => {
    const { masterId, offer } = step('first offer') as { masterId: string; offer: Record<string, unknown> };
    expect(offer).toMatchObject({
      id: { value: `${masterId}-O0` },
      framework_id: { value: `${masterId}-0000` },
      agent_id: { value: `${masterId}-S0` },
      url: { scheme: 'http', address: { port: 5151 }, path: '/slave(1)' },
    });
    expect(offer['resources']).toContainEqual(
      expect.objectContaining({ name: 'ports', ranges: { range: [{ begin: 31000, end: 32000 }] } }),
    );
  });

  test('three equal frameworks end with four tasks each, before and after tasks end', () => {
    expect(step('three frameworks')).toMatchObject({ settled: [4, 4, 4], afterEnds: [4, 4, 4] });
  });

  test('the Spark app and the Spark job run', () => {
    expect(step('posted')).toMatchObject({ app: 201, job: 204 });
    expect(step('ran')).toMatchObject({ successCount: 1 });
  });

  test('bodies as the articles print them get a 400 that tells line, column and cause', () => {
    expect(step('printed app')).toMatchObject({
      status: 400,
      text: expect.stringMatching(/line 2.*column.*newline inside a string/s),
    });
    expect(step('printed job')).toMatchObject({
      status: 400,
      text: expect.stringMatching(/line 3.*column.*a key was expected here/s),
    });
  });

  test('start-up lines name version, allocator, isolation, ids and the default folder', () => {
    const { master, agent } = step('output') as { master: string; agent: string };
    expect(master).toMatch(/1\.11\.0/);
    expect(master).toMatch(/allocator/i);
    expect(master + agent).toContain('/tmp/mesos');
    expect(agent).toMatch(/isolation/i);
    expect(agent).toContain('-S0');
  });
});
