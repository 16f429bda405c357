import { describe, expect, test } from '@jest/globals';
import { isVersionConstraint } from '../../src/manifests/version-constraint.ts';

// What github.com/Masterminds/semver/v3 v3.4.0 answers to each.
describe('a range of versions', () => {
  test.each([
    '*',
    'x',
    '1',
    'v1.2',
    '1.x',
    '1.2.*',
    '=1.2.3',
    '!=1',
    '~> 1.2',
    '^1',
    '>= 1, < 2',
    '>=1.0.0 <2.0.0',
    '=> 1',
    '1.0.0 - 2.0.0 || 3',
    '1.2 - 2',
    '1.0.0||2.0.0',
    '>=1.0.0-0',
    '1.2.3-rc.1+build.5',
    ' 1.2.3 ',
  ])('%j can be read', (text) => {
    expect(isVersionConstraint(text)).toBe(true);
  });

  test.each([
    'latest',
    'main',
    '>=1.0.0 <2..0',
    '>= < 2',
    '>',
    'v1..2',
    '1.2.3.4',
    '==1',
    '1,,2',
    '1 ||',
    '|| 1',
    '1 -',
    '- 1',
    '>=1.0.0<2.0.0',
    '1.2.3-',
    '1.2.3-rc_1',
    '1a',
    `1${' '.repeat(600)}2`,
  ])('%j cannot be read', (text) => {
    expect(isVersionConstraint(text)).toBe(false);
  });
});
