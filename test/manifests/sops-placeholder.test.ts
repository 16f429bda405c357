import { describe, expect, test } from '@jest/globals';
import { isPlaceholder } from '../../src/manifests/placeholder.ts';

const fake = 'hunter' + '2';

describe('isPlaceholder', () => {
  test.each([
    '${NAME}',
    ' ${NAME}\n',
    '$(NAME)',
    '{{ .Values.password }}',
    '<path:kv/data/db#password>',
    '<REPLACE_ME>',
    'ref+vault://kv/db#/password',
    'vault:secret/data/db#password',
    '>>vault:secret/data/db#password',
    'op://vault/item/field',
    '${A}:${B}',
    'https://${HOST}/path',
    'postgres://app:${PASSWORD}@db:5432/app?sslmode=require',
    'redis://:${PASSWORD}@cache/0',
  ])('%s', (text) => {
    expect(isPlaceholder(text)).toBe(true);
  });

  test.each([
    '',
    fake,
    'CHANGEME',
    `\${NAME:=${fake}}`,
    `\${NAME}${fake}`,
    `${fake} <name>`,
    `postgres://app:${fake}@\${HOST}/app`,
    `postgres://\${USER}:\${A}${fake}@db/app`,
    `https://\${HOST}/?token=${fake}`,
    `https://\${HOST}/hooks/${'a1'.repeat(12)}`,
    `vault:secret/data/db#password ${fake}`,
    '$NAME',
    `password: \${A}\nother: ${fake}`,
  ])('not %j', (text) => {
    expect(isPlaceholder(text)).toBe(false);
  });

  // Each of these takes a pattern with ambiguous repetitions longer than the test may run.
  test.each([
    ['references', 'ref+a://x'.repeat(400) + ' x'],
    ['separators', `\${A}${':'.repeat(4000)}x`],
    ['angle brackets', '<'.repeat(4000) + 'x'],
    ['vault paths', 'vault:a'.repeat(500) + ' #'],
  ])('text made to stall: %s', (_name, text) => {
    expect(isPlaceholder(text)).toBe(false);
  });
});
