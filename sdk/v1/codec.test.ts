import { describe, expect, it } from 'vitest';
import {
  CodecError,
  decodeBinary,
  decodeBody,
  encodeBinary,
  encodeBody,
  enumNames,
  fromJson,
  messageType,
  readJson,
  writeJson,
} from './codec.ts';
import type { MessageTypes } from './generated/message-types.ts';

const call = messageType('mesos.v1.scheduler.Call');
const taskStatus = messageType('mesos.v1.TaskStatus');
const bytes = (text: string) => new TextEncoder().encode(text);

function failure(run: () => unknown): CodecError {
  try {
    run();
  } catch (error) {
    if (error instanceof CodecError) return error;
    throw error;
  }
  throw new Error('no error');
}

function jsonFailure(name: keyof MessageTypes, text: string): string {
  return failure(() => readJson(messageType(name), text)).message;
}

describe('texts that a real master answers with its 400', () => {
  it.each([
    ['', 'Failed to parse body into JSON: syntax error at line 1 near: '],
    ['{"type":', 'Failed to parse body into JSON: syntax error at line 1 near: '],
    ['[]', 'Failed to convert JSON into Call protobuf: Expecting a JSON object'],
    [
      '{"framework_id":{"value":5},"type":"REVIVE"}',
      "Failed to convert JSON into Call protobuf: Not expecting a JSON number for field 'value'",
    ],
    [
      '{"type":"KILL","kill":{},"framework_id":{"value":"f"}}',
      'Failed to convert JSON into Call protobuf: Missing required fields: kill.task_id',
    ],
    [
      '{"type":"ACKNOWLEDGE","acknowledge":{"agent_id":{"value":"a"},"task_id":{"value":"t"},"uuid":"***"}}',
      "Failed to convert JSON into Call protobuf: Failed to base64 decode bytes field 'uuid': Invalid character '*'",
    ],
    [
      '{"type":"SUBSCRIBE","subscribe":{"framework_info":{"user":"root"}}}',
      'Failed to convert JSON into Call protobuf: Missing required fields: subscribe.framework_info.name',
    ],
  ])('%s', (body, text) => {
    expect(failure(() => decodeBody(call, 'application/json', bytes(body))).message).toBe(text);
  });

  it('names every missing field of an empty executor call', () => {
    const executorCall = messageType('mesos.v1.executor.Call');
    expect(failure(() => decodeBody(executorCall, 'application/json', bytes('{}'))).message).toBe(
      'Failed to convert JSON into Call protobuf: Missing required fields: executor_id, framework_id',
    );
  });

  it('says no more than that for bytes that are no protobuf', () => {
    const error = failure(() => decodeBody(call, 'application/x-protobuf', Uint8Array.of(0xff, 0xfe)));
    expect(error.message).toBe('Failed to parse body into Call protobuf');
  });

  it('refuses bytes that are not UTF-8', () => {
    const error = failure(() => decodeBody(call, 'application/json', Uint8Array.of(0x22, 0xff, 0x22)));
    expect(error).toMatchObject({
      kind: 'syntax',
      message: 'Failed to parse body into JSON: the text is not valid UTF-8',
    });
  });

  it('points at the field, list items and map entries included', () => {
    const body = '{"accept":{"operations":[{},{"launch":{"task_infos":[{"limits":{"cpus":{"value":[]}}}]}}]}}';
    const error = failure(() => readJson(call, body));
    expect(error.path).toBe('accept.operations[1].launch.task_infos[0].limits["cpus"].value');
    expect(error.message).toBe("Not expecting a JSON array for field 'value'");
  });
});

describe('reading JSON', () => {
  it('ignores unknown keys and null, and unknown enum names where the field may be unset', () => {
    const body = '{"type":"NOPE","foo":{"a":[1]},"revive":null,"reconcile":{"tasks":null}}';
    expect(readJson(call, body)).toEqual({ reconcile: {} });
    const framework = '{"user":"u","name":"n","capabilities":[{"type":"MULTI_ROLE"},{"type":"NOT_YET"}]}';
    expect(readJson(messageType('mesos.v1.FrameworkInfo'), framework).capabilities).toEqual([
      { type: 'MULTI_ROLE' },
      {},
    ]);
  });

  it('refuses an unknown enum name where the field is required', () => {
    expect(jsonFailure('mesos.v1.TaskStatus', '{"task_id":{"value":"t"},"state":"NOPE"}')).toBe(
      "Failed to find enum for 'NOPE'",
    );
  });

  it('drops unknown enum names in lists', () => {
    const text = '{"capabilities":["CHOWN","NEW_ONE","KILL"]}';
    expect(readJson(messageType('mesos.v1.CapabilityInfo'), text)).toEqual({ capabilities: ['CHOWN', 'KILL'] });
  });

  it('takes numbers and booleans also as strings', () => {
    expect(readJson(messageType('mesos.v1.TimeInfo'), '{"nanoseconds":"9223372036854775807"}')).toEqual({
      nanoseconds: 2n ** 63n - 1n,
    });
    const info = readJson(
      messageType('mesos.v1.FrameworkInfo'),
      '{"user":"u","name":"n","failover_timeout":"1.5","checkpoint":"true"}',
    );
    expect(info).toMatchObject({ failover_timeout: 1.5, checkpoint: true });
    expect(readJson(messageType('mesos.v1.Value.Scalar'), '{"value":"-Infinity"}')).toEqual({
      value: Number.NEGATIVE_INFINITY,
    });
    expect(jsonFailure('mesos.v1.Value.Scalar', '{"value":"much"}')).toBe(
      "Failed to parse 'much' as a JSON number for field 'value': syntax error at line 1 near: much",
    );
  });

  it('cuts fractions off integers and refuses what does not fit', () => {
    const port = messageType('mesos.v1.Port');
    expect(readJson(port, '{"number":80.7}')).toEqual({ number: 80 });
    expect(jsonFailure('mesos.v1.Port', '{"number":-1}')).toBe("Number -1 is out of range for field 'number' (uint32)");
    expect(jsonFailure('mesos.v1.Port', '{"number":4294967296}')).toContain('out of range');
    expect(jsonFailure('mesos.v1.TimeInfo', '{"nanoseconds":9223372036854775808}')).toContain('out of range');
    expect(jsonFailure('mesos.v1.TimeInfo', '{"nanoseconds":1e30}')).toContain('out of range');
    expect(jsonFailure('mesos.v1.Value.Scalar', '{"value":1e999}')).toContain('out of range');
  });

  it('skips white space in base64 and stops at the padding', () => {
    const status = readJson(
      taskStatus,
      '{"task_id":{"value":"t"},"state":"TASK_RUNNING","uuid":"AAE\\n CAw==","data":""}',
    );
    expect(status.uuid).toEqual(Uint8Array.of(0, 1, 2, 3));
    expect(status.data).toEqual(new Uint8Array(0));
  });

  it('keeps the last of a oneof', () => {
    const selector = messageType('mesos.v1.scheduler.AttributeConstraint.Selector');
    expect(readJson(selector, '{"attribute_name":"rack","pseudoattribute_type":"HOSTNAME"}')).toEqual({
      pseudoattribute_type: 'HOSTNAME',
    });
  });

  it('limits nesting, in messages that contain themselves too', () => {
    const nested = (depth: number) => `${'{"value":"c","parent":'.repeat(depth)}{"value":"c"}${'}'.repeat(depth)}`;
    const container = messageType('mesos.v1.ContainerID');
    expect(readJson(container, nested(150)).value).toBe('c');
    expect(jsonFailure('mesos.v1.ContainerID', nested(250))).toContain('syntax error at line 1 near: ');
    const deep = JSON.parse(nested(250)) as unknown;
    expect(failure(() => fromJson(container, deep)).message).toBe('Nesting beyond 200 levels');
  });
});

describe('writing JSON', () => {
  it('prints declared defaults of unset fields, unless deprecated', () => {
    expect(writeJson(messageType('mesos.v1.FrameworkInfo'), { user: 'root', name: 'n' })).toBe(
      '{"user":"root","name":"n","failover_timeout":0.0,"checkpoint":false}',
    );
    expect(writeJson(messageType('mesos.v1.CommandInfo'), { value: 'true', uris: [{ value: 'u' }] })).toBe(
      '{"uris":[{"value":"u","extract":true}],"shell":true,"value":"true"}',
    );
  });

  it('prints doubles with a fraction, in as few digits as read back equal', () => {
    const scalar = messageType('mesos.v1.Value.Scalar');
    const text = (value: number) => writeJson(scalar, { value }).slice(9, -1);
    expect([15, 0.1, -0, 1e20, 1e21, 1.5e-7, 0.30000000000000004, 123456.789].map(text)).toEqual([
      '15.0',
      '0.1',
      '-0.0',
      '100000000000000000000.0',
      '1e21',
      '1.5e-7',
      '0.30000000000000004',
      '123456.789',
    ]);
    expect(readJson(scalar, writeJson(scalar, { value: Number.POSITIVE_INFINITY }))).toEqual({
      value: Number.POSITIVE_INFINITY,
    });
  });

  it('omits empty lists unless asked, and keeps empty messages', () => {
    const getTasks = messageType('mesos.v1.master.Response.GetTasks');
    expect(writeJson(getTasks, { tasks: [], completed_tasks: [] })).toBe('{}');
    expect(writeJson(getTasks, { tasks: [], completed_tasks: [] }, { emptyArrays: true })).toBe(
      '{"tasks":[],"completed_tasks":[]}',
    );
    expect(
      writeJson(messageType('mesos.v1.Resource'), {
        name: 'cpus',
        type: 'SCALAR',
        scalar: { value: 1 },
        revocable: {},
      }),
    ).toBe('{"name":"cpus","type":"SCALAR","scalar":{"value":1.0},"revocable":{}}');
  });

  it('prints 64-bit integers as numbers and bytes as base64', () => {
    const status = { task_id: { value: 't' }, state: 'TASK_RUNNING', uuid: Uint8Array.of(255, 254, 253) } as const;
    expect(writeJson(taskStatus, status)).toBe('{"task_id":{"value":"t"},"state":"TASK_RUNNING","uuid":"//79"}');
    expect(writeJson(messageType('mesos.v1.DurationInfo'), { nanoseconds: -(2n ** 63n) })).toBe(
      '{"nanoseconds":-9223372036854775808}',
    );
  });

  it('throws on a message that is none, naming the field', () => {
    const incomplete = { accept: { offer_ids: [{}] } } as unknown as MessageTypes['mesos.v1.scheduler.Call'];
    const wrongEnum = { type: 'NOPE' } as unknown as MessageTypes['mesos.v1.scheduler.Call'];
    for (const write of [writeJson, encodeBinary]) {
      expect(failure(() => write(call, incomplete))).toMatchObject({
        kind: 'write',
        path: 'accept.offer_ids[0].value',
        message: 'Cannot write mesos.v1.scheduler.Call: Missing required fields: value (at accept.offer_ids[0].value)',
      });
      expect(failure(() => write(call, wrongEnum)).path).toBe('type');
    }
  });
});

describe('a recorded event', () => {
  const event = messageType('mesos.v1.scheduler.Event');
  const text =
    '{"type":"OFFERS","offers":{"offers":[{"id":{"value":"M-O0"},"framework_id":{"value":"M-0000"},' +
    '"agent_id":{"value":"M-S0"},"hostname":"localhost","url":{"scheme":"http","address":{"hostname":"localhost",' +
    '"ip":"127.0.0.1","port":5051},"path":"/slave(1)","query":[]},"resources":[{"name":"ports","type":"RANGES",' +
    '"ranges":{"range":[{"begin":31000,"end":31099}]},"role":"*"}]}]}}';

  it('comes back unchanged, over binary too', () => {
    const message = readJson(event, text);
    const expected = text.replace(',"query":[]', '');
    expect(writeJson(event, message)).toBe(expected);
    expect(writeJson(event, decodeBinary(event, encodeBinary(event, message)))).toBe(expected);
    expect(new TextDecoder().decode(encodeBody(event, 'application/json', message))).toBe(expected);
    expect(decodeBody(event, 'application/x-protobuf', encodeBody(event, 'application/x-protobuf', message))).toEqual(
      message,
    );
  });
});

describe('reading the binary form', () => {
  it('drops unknown fields and enum numbers, merges repeated parts of one message', () => {
    // type = 99; an unknown field 100; then framework_id twice, the second one with the value.
    const unknown = Uint8Array.of(0x10, 99, 0xa2, 0x06, 1, 7, 0x0a, 0, 0x0a, 3, 0x0a, 1, 0x66);
    expect(decodeBinary(call, unknown)).toEqual({ framework_id: { value: 'f' } });
  });

  it('takes packed lists', () => {
    // HTTPCheckInfo: port = 1, statuses (5) packed as 200, 404.
    const http = messageType('mesos.v1.HealthCheck.HTTPCheckInfo');
    expect(decodeBinary(http, Uint8Array.of(0x08, 1, 0x22, 4, 0xc8, 1, 0x94, 3))).toEqual({
      port: 1,
      statuses: [200, 404],
    });
  });

  it('reports missing required fields and enum numbers', () => {
    expect(failure(() => decodeBinary(taskStatus, new Uint8Array(0))).message).toBe(
      'Missing required fields: task_id, state',
    );
    const unknownState = Uint8Array.of(0x0a, 3, 0x0a, 1, 0x74, 0x10, 99);
    expect(failure(() => decodeBinary(taskStatus, unknownState)).message).toBe('Missing required fields: state');
  });

  it('limits nesting', () => {
    const container = messageType('mesos.v1.ContainerID');
    const nested = (depth: number) => {
      let message: MessageTypes['mesos.v1.ContainerID'] = { value: 'c' };
      for (let i = 0; i < depth; i++) message = { value: 'c', parent: message };
      return encodeBinary(container, message);
    };
    expect(decodeBinary(container, nested(90)).value).toBe('c');
    expect(failure(() => decodeBinary(container, nested(150))).kind).toBe('binary');
  });
});

it('enumNames lists the values in the order of declaration', () => {
  expect(enumNames('mesos.v1.Value.Type')).toEqual(['SCALAR', 'RANGES', 'SET', 'TEXT']);
});
