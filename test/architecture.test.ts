import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';

const CONFIGURATION = '../eslint.config.js';
const { ROOMS } = (await import(CONFIGURATION)) as { ROOMS: readonly string[] };
const ROOT = path.resolve(import.meta.dirname, '..');
const text = readFileSync(path.join(ROOT, 'ARCHITECTURE.md'), 'utf8');

function sourceFiles(directory: string): string[] {
  return readdirSync(path.join(ROOT, directory), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)));
}

describe('ARCHITECTURE.md', () => {
  test('names every room, from the ground up, as the linter enforces it', () => {
    const named = [...text.matchAll(/^\| `src\/([a-z]+)\/`/gm)].map((match) => match[1]);
    expect(named).toEqual(ROOMS);
    const rooms = readdirSync(path.join(ROOT, 'src'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    expect(rooms.map((entry) => entry.name).sort()).toEqual([...ROOMS].sort());
  });

  test('names only files that exist', () => {
    const named = [...text.matchAll(/`((?:src|test|rules|schemas|scripts|bench|bin)\/[\w./-]+)`/g)].map(
      (match) => match[1] ?? '',
    );
    expect(named.length).toBeGreaterThan(10);
    for (const file of named) {
      expect(() => readdirSync(path.join(ROOT, path.dirname(file)))).not.toThrow();
      const siblings = readdirSync(path.join(ROOT, path.dirname(file)));
      expect(siblings).toContain(path.basename(file));
    }
  });

  test('accounts for every dependency', () => {
    const { dependencies } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const accounted = [...text.matchAll(/^\| `([@a-z0-9-]+(?:\/[a-z0-9-]+)?)` +\|/gm)].map(
      (match) => match[1],
    );
    expect(accounted.sort()).toEqual(Object.keys(dependencies).sort());
  });
});

test('no room imports one that stands above it', () => {
  const order = new Map(ROOMS.map((room, index) => [room, index]));
  const imports = sourceFiles('src').flatMap((file) => {
    const room = file.split('/')[1] ?? '';
    const found = readFileSync(path.join(ROOT, file), 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g);
    return [...found].map((match) => {
      const target = path.relative(ROOT, path.resolve(ROOT, path.dirname(file), match[1] ?? ''));
      return { file, from: order.get(room), to: order.get(target.split('/')[1] ?? '') };
    });
  });
  expect(imports.length).toBeGreaterThan(50);
  const upwards = imports.filter(({ from, to }) => from !== undefined && to !== undefined && to > from);
  expect(upwards.map(({ file }) => file)).toEqual([]);
});
