import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parsePattern } from '../../src/secrets/pattern/parse.ts';
import type { Node, Ranges } from '../../src/secrets/pattern/syntax.ts';

/** Numbers from 0 to 1, the same ones for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const PREFERRED = 'aZ3kQ9xY7bN2mP5tR8wL1cV6dF4gH0jSeTfUiBoCpDqErGsIuJvKyMzO';

/** A text that a pattern of Go's syntax matches, assertions apart. */
export function sampleOf(pattern: string, random: () => number): string {
  return write(parsePattern(pattern), random);
}

function write(node: Node, random: () => number): string {
  switch (node.type) {
    case 'literal': {
      const char = String.fromCodePoint(node.code);
      return node.fold && random() < 0.3 ? swapCase(char) : char;
    }
    case 'class':
      return pick(node.ranges, node.negated, random);
    case 'property':
    case 'assertion':
      return '';
    case 'group':
      return write(node.body, random);
    case 'concat':
      return node.items.map((item) => write(item, random)).join('');
    case 'alternate':
      return write(node.items[Math.floor(random() * node.items.length)]!, random);
    case 'repeat': {
      const most = Math.min(node.max ?? node.min + 4, node.min + 4);
      const count = node.lazy ? node.min : node.min + Math.floor(random() * (most - node.min + 1));
      return Array.from({ length: count }, () => write(node.body, random)).join('');
    }
  }
}

function swapCase(char: string): string {
  return char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase();
}

function pick(ranges: Ranges, negated: boolean, random: () => number): string {
  const inClass = (code: number): boolean =>
    ranges.some(([from, to]) => from <= code && code <= to) !== negated;
  const likely = Array.from(PREFERRED).filter((char) => inClass(char.charCodeAt(0)));
  if (likely.length > 0) return likely[Math.floor(random() * likely.length)]!;
  const printable = Array.from({ length: 95 }, (_, index) => index + 32).filter(inClass);
  if (printable.length > 0) return String.fromCharCode(printable[Math.floor(random() * printable.length)]!);
  return String.fromCodePoint(ranges[0]?.[0] ?? 97);
}

/** gitleaks' own default rules, from the source of its module; null where there is none. */
export function officialRules(): string | null {
  const cache = (): string => {
    try {
      return execFileSync('go', ['env', 'GOMODCACHE'], { encoding: 'utf8' }).trim();
    } catch {
      return '';
    }
  };
  const file = path.join(cache(), 'github.com/zricethezav/gitleaks/v8@v8.30.1/config/gitleaks.toml');
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}
