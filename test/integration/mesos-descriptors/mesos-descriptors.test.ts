import { expect, it } from 'vitest';
import { descriptors } from '../../../sdk/v1/generated/descriptors.ts';
import { describeIf } from '../../support/requires.ts';
import { packages, upstreamFacts, upstreamFiles } from './upstream-facts.ts';

const files = upstreamFiles();
const ours = (names: object) => Object.keys(names).filter((name) => name.startsWith('mesos.v1.'));

describeIf(
  'our mesos.v1 definitions against org.apache.mesos:mesos 1.11.0',
  typeof files === 'string' ? files : undefined,
  () => {
    const upstream = upstreamFacts(typeof files === 'string' ? [] : files);

    it('reads one file for each package', () => {
      expect(files).toHaveLength(packages.length);
      expect(Object.keys(upstream.messages).length).toBeGreaterThan(300);
    });

    it('define the same messages and enums', () => {
      expect(ours(descriptors.messages).sort()).toEqual(Object.keys(upstream.messages).sort());
      expect(ours(descriptors.enums).sort()).toEqual(Object.keys(upstream.enums).sort());
    });

    it('give every field the same name, number, type, label, default, oneof and place', () => {
      for (const [name, fields] of Object.entries(upstream.messages)) {
        expect(descriptors.messages[name], name).toEqual(fields);
      }
    });

    it('give every enum value the same name and number, and the same value first', () => {
      for (const [name, values] of Object.entries(upstream.enums)) {
        expect(Object.entries(descriptors.enums[name] ?? {}), name).toEqual(Object.entries(values));
      }
    });
  },
);
