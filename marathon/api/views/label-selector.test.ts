import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LabelSelectorError, parseLabelSelector } from './label-selector.ts';

const LABELS = { env: 'prod', tier: 'front', '!!!': '&&&', empty: '' };

describe('parseLabelSelector', () => {
  it.each([
    ['env', true],
    ['nothing', false],
    ['env==prod', true],
    ['env == test', false],
    ['env != test', true],
    ['nothing != test', false],
    ['env in (prod, qa)', true],
    ['env in ()', false],
    ['tier notin (back)', true],
    ['tier notin (front)', false],
    ['nothing notin (x)', false],
    ['env==prod, tier in (front, middle), empty', true],
    ['env==prod,tier==back', false],
    ['\\!\\!\\! in (\\-\\-\\-, \\&\\&\\&, \\+\\+\\+)', true],
    ['toString', false],
    ['', true],
  ])('%s', (selector, expected) => {
    expect(parseLabelSelector(selector)(LABELS)).toBe(expected);
  });

  it.each(['env =', 'env ==', '== x', 'env in prod', 'env in (prod', 'env prod', 'env,,tier', 'env)', 'ä'])(
    'refuses %s',
    (selector) => {
      expect(() => parseLabelSelector(selector)).toThrow(LabelSelectorError);
    },
  );

  it('reads or refuses any text, and nothing else', () => {
    void fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab=!,()\\ in'.split('')) }), (text) => {
        try {
          expect(typeof parseLabelSelector(text)(LABELS)).toBe('boolean');
        } catch (error) {
          expect(error).toBeInstanceOf(LabelSelectorError);
        }
      }),
    );
  });
});
