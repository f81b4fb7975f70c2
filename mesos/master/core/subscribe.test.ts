import { describe, expect, test } from 'vitest';
import type { FrameworkInfo } from '../../../sdk/v1/generated/mesos.ts';
import { frameworkIdOf, MasterDriver, offersOf, plainFramework, statusesOf } from './testing.ts';

const withoutCapabilities: Partial<FrameworkInfo> = { roles: undefined, capabilities: undefined };

describe('SUBSCRIBE', () => {
  test('answers SUBSCRIBED, HEARTBEAT, then offers, with ids counted from 0', () => {
    const master = new MasterDriver();
    master.agent();
    const peer = master.subscribe();
    expect(peer.events.map((event) => event.type)).toEqual(['SUBSCRIBED', 'HEARTBEAT', 'OFFERS']);
    expect(frameworkIdOf(peer)).toBe('master1-0000');
    const [offer] = offersOf(peer);
    expect(offer).toMatchObject({
      id: { value: 'master1-O0' },
      agent_id: { value: 'master1-S0' },
      hostname: 'host',
      url: { scheme: 'http', address: { hostname: 'host', ip: '127.0.0.1', port: 5051 }, path: '/slave(1)' },
      allocation_info: { role: '*' },
    });
    expect(offer?.resources?.[0]).toEqual({
      name: 'cpus',
      type: 'SCALAR',
      scalar: { value: 8 },
      role: '*',
      allocation_info: { role: '*' },
    });
  });

  test('sends heartbeats every 15 s', () => {
    const master = new MasterDriver();
    const peer = master.subscribe();
    master.advance(45_000);
    expect(peer.events.filter((event) => event.type === 'HEARTBEAT')).toHaveLength(4);
  });

  test('strips allocation info for a framework without MULTI_ROLE', () => {
    const master = new MasterDriver();
    master.agent();
    const [offer] = offersOf(master.subscribe({ ...withoutCapabilities, role: 'web' }));
    expect(offer?.allocation_info).toBeUndefined();
    expect(offer?.resources?.every((resource) => resource.allocation_info === undefined)).toBe(true);
  });

  test.each<[string, Partial<FrameworkInfo>, string]>([
    [
      'roles without MULTI_ROLE',
      { capabilities: [], roles: ['a'] },
      "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable",
    ],
    [
      'role with MULTI_ROLE',
      { role: 'a' },
      "'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable",
    ],
    ['roles twice', { roles: ['a', 'b', 'a'] }, "'FrameworkInfo.roles' contains duplicate items: { a }"],
    [
      'bad role',
      { roles: ['a//b'] },
      "'FrameworkInfo.roles' contains invalid role: Role 'a//b' cannot contain two adjacent slashes",
    ],
    [
      'more roles than can be kept in order',
      { roles: Array.from({ length: 1_001 }, (_, index) => `r${index}`) },
      "'FrameworkInfo.roles' has 1001 items: at most 1000 are allowed",
    ],
    [
      'a role of very many levels',
      { roles: ['a/'.repeat(5_000).concat('a')] },
      "'FrameworkInfo.roles' contains invalid role: it has 10001 characters: at most 1000 are allowed",
    ],
    [
      'the same without MULTI_ROLE',
      { ...withoutCapabilities, role: 'a/'.repeat(5_000).concat('a') },
      "'FrameworkInfo.role' is not a valid role: it has 10001 characters: at most 1000 are allowed",
    ],
    ['endless failover timeout', { failover_timeout: 1e30 }, 'The framework failover_timeout (1e+30) is invalid'],
    [
      'negative minimum',
      {
        offer_filters: {
          '*': { min_allocatable_resources: { quantities: [{ quantities: { cpus: { value: -1 } } }] } },
        },
      },
      "Invalid resource quantity for 'cpus': Negative values not supported",
    ],
  ])('refuses with ERROR: %s', (_name, info, message) => {
    const master = new MasterDriver();
    const peer = master.subscribe(info);
    expect(peer.events).toEqual([{ type: 'ERROR', error: { message } }]);
    expect(peer.isOpen).toBe(false);
    expect(master.state.frameworks.size).toBe(0);
  });

  test('refuses an id with a slash, and offer constraints that do not compile', () => {
    const master = new MasterDriver();
    expect(master.subscribe({}, 'a/b').events).toEqual([
      { type: 'ERROR', error: { message: "'a/b' contains invalid characters" } },
    ]);
    const { opened = '' } = master.request({
      call: {
        type: 'SUBSCRIBE',
        subscribe: {
          framework_info: plainFramework,
          offer_constraints: {
            role_constraints: {
              '*': {
                groups: [
                  {
                    attribute_constraints: [
                      { selector: { attribute_name: 'rack' }, predicate: { text_matches: { regex: '(' } } },
                    ],
                  },
                ],
              },
            },
          },
        },
      },
    });
    expect(master.schedulers.get(opened)?.events[0]?.error?.message).toMatch(/^Offer constraints are not valid: /);
  });

  test('refuses roles outside --roles and frameworks above --max_frameworks', () => {
    const master = new MasterDriver({ config: { roleWhitelist: new Set(['*', 'web']), maxFrameworks: 1 } });
    expect(master.subscribe({ roles: ['db'] }).events[0]?.error?.message).toBe(
      "Roles { db } are not present in the master's --roles",
    );
    master.subscribe({ roles: ['web'] });
    expect(master.subscribe().events[0]?.error?.message).toContain('--max_frameworks');
  });
});

describe('a framework that comes back', () => {
  test('replaces its open connection, which hears ERROR and is closed', () => {
    const master = new MasterDriver();
    master.agent();
    const first = master.subscribe();
    const id = frameworkIdOf(first);
    const second = master.subscribe({}, id);
    expect(first.events.at(-1)).toEqual({ type: 'ERROR', error: { message: 'Framework failed over' } });
    expect(first.isOpen).toBe(false);
    expect(second.events.map((event) => event.type)).toEqual(['SUBSCRIBED', 'HEARTBEAT', 'OFFERS']);
    expect(master.call({ ...first, events: second.events }, { type: 'REVIVE' })).toMatchObject({
      status: 400,
      text: `The stream ID '${first.streamId}' included in this request didn't match the stream ID currently associated with framework ID ${id}`,
    });
    expect(master.call(second, { type: 'REVIVE' }).status).toBe(202);
  });

  test('keeps user and checkpoint of its first subscription and refuses another principal', () => {
    const master = new MasterDriver();
    const id = frameworkIdOf(master.subscribe({ principal: 'p' }));
    master.subscribe({ principal: 'p', user: 'other', checkpoint: false, name: 'new name' }, id);
    expect(master.state.frameworks.get(id)?.info).toMatchObject({ user: 'user', checkpoint: true, name: 'new name' });
    expect(master.subscribe({ principal: 'q' }, id).events).toEqual([
      { type: 'ERROR', error: { message: "Changing framework's principal is not allowed." } },
    ]);
  });

  test('is removed when its failover timeout ends, and never again accepted', () => {
    const master = new MasterDriver();
    const peer = master.subscribe({ failover_timeout: 30 });
    const id = frameworkIdOf(peer);
    master.drop(peer);
    master.advance(29_999);
    expect(master.state.frameworks.get(id)).toMatchObject({ connected: false, active: false });
    expect(master.call(peer, { type: 'REVIVE' })).toMatchObject({ status: 403, text: 'Framework is not subscribed' });
    master.advance(1);
    expect(master.state.completedFrameworks.has(id)).toBe(true);
    expect(master.call(peer, { type: 'REVIVE' })).toMatchObject({ status: 400, text: 'Framework cannot be found' });
    expect(master.subscribe({}, id).events).toEqual([
      { type: 'ERROR', error: { message: 'Framework has been removed' } },
    ]);
  });

  test('stays when it is back in time', () => {
    const master = new MasterDriver();
    const peer = master.subscribe({ failover_timeout: 30 });
    const id = frameworkIdOf(peer);
    master.drop(peer);
    master.advance(29_000);
    master.subscribe({ failover_timeout: 30 }, id);
    master.advance(60_000);
    expect(master.state.frameworks.get(id)?.connected).toBe(true);
  });

  test('is taken with an id that nobody knows, as after a restart of the master', () => {
    const master = new MasterDriver();
    const peer = master.subscribe({}, 'earlier-0007');
    expect(frameworkIdOf(peer)).toBe('earlier-0007');
    expect(statusesOf(peer)).toEqual([]);
  });
});

describe('UPDATE_FRAMEWORK', () => {
  test.each<[string, Partial<FrameworkInfo>, string]>([
    [
      'user',
      { user: 'nobody' },
      "FrameworkInfo update is not valid: Updating 'FrameworkInfo.user' is unsupported; attempted to update from 'user' to 'nobody'",
    ],
    [
      'checkpoint',
      { checkpoint: false },
      "FrameworkInfo update is not valid: Updating 'FrameworkInfo.checkpoint' is unsupported; attempted to update from 'true' to 'false'",
    ],
    [
      'principal',
      { principal: 'p' },
      "FrameworkInfo update is not valid: Changing framework's principal is not allowed.",
    ],
  ])('refuses a change of %s', (_name, change, text) => {
    const master = new MasterDriver();
    const peer = master.subscribe();
    const info = { ...plainFramework, id: { value: frameworkIdOf(peer) }, ...change };
    const reply = master.call(peer, { type: 'UPDATE_FRAMEWORK', update_framework: { framework_info: info } });
    expect(reply).toMatchObject({ status: 400, text });
  });

  test('rescinds offers in a role that is dropped, and refuses suppression of roles that are not there', () => {
    const master = new MasterDriver();
    master.agent();
    const peer = master.subscribe({ roles: ['a', 'b'] });
    const [offer] = offersOf(peer);
    const kept = offer?.allocation_info?.role === 'a' ? 'b' : 'a';
    const info = { ...plainFramework, id: { value: frameworkIdOf(peer) }, roles: [kept], name: 'renamed' };
    const refused = master.call(peer, {
      type: 'UPDATE_FRAMEWORK',
      update_framework: { framework_info: info, suppressed_roles: ['zz'] },
    });
    expect(refused).toMatchObject({
      status: 400,
      text: "'UpdateFramework' call is not valid: Suppressed roles { zz } are not contained in the set of roles",
    });
    const taken = master.call(peer, { type: 'UPDATE_FRAMEWORK', update_framework: { framework_info: info } });
    expect(taken.status).toBe(200);
    expect(peer.events.find((event) => event.type === 'RESCIND')?.rescind?.offer_id).toEqual(offer?.id);
    expect(master.state.frameworks.get(frameworkIdOf(peer))?.info.name).toBe('renamed');
    expect(offersOf(peer).at(-1)?.allocation_info?.role).toBe(kept);
  });
});
