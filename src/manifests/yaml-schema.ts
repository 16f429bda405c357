import type { ScalarTag, Tags } from 'yaml';

const INT = 'tag:yaml.org,2002:int';
const FLOAT = 'tag:yaml.org,2002:float';

// What Go's YAML calls a float: at least one digit, so that `.` stays a string (`path: .`).
const goFloat: ScalarTag = {
  identify: (value) => typeof value === 'number',
  default: true,
  tag: FLOAT,
  test: /^[-+]?(?:\.[0-9][0-9_]*|[0-9][0-9_]*\.[0-9_]*|[0-9][0-9_]*(?=[eE])|[0-9][0-9_]*\.[0-9_]*(?=[eE])|\.[0-9][0-9_]*(?=[eE]))(?:[eE][-+]?[0-9]+)?$/,
  // What is too large for a number stays a string.
  resolve: (text) => finite(Number.parseFloat(text.replaceAll('_', ''))) ?? text,
};

const goOctal: ScalarTag = {
  identify: () => false,
  default: true,
  tag: INT,
  format: 'OCT',
  test: /^[-+]?0[oO][0-7_]+$/,
  resolve: (text) => {
    const digits = Number.parseInt(text.replace(/^[-+]?0[oO]/, '').replaceAll('_', ''), 8);
    return text.startsWith('-') ? -digits : digits;
  },
};

/** The prefixes may be written large, which YAML itself does not know. */
const goLargePrefix: ScalarTag = {
  identify: () => false,
  default: true,
  tag: INT,
  test: /^[-+]?0(?:X[0-9a-fA-F_]+|B[01_]+)$/,
  resolve: (text) => {
    const digits = text.replaceAll('_', '').replace(/^[-+]/, '').toLowerCase();
    return text.startsWith('-') ? -Number(digits) : Number(digits);
  },
};

/** Text in base64, which Go decodes into a string. */
const goBinary: ScalarTag = {
  identify: () => false,
  default: false,
  tag: 'tag:yaml.org,2002:binary',
  resolve: (text) => Buffer.from(text, 'base64').toString('utf8'),
};

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

const NOT_IN_GO: ReadonlySet<string> = new Set([
  'tag:yaml.org,2002:timestamp',
  'tag:yaml.org,2002:omap',
  'tag:yaml.org,2002:pairs',
  'tag:yaml.org,2002:set',
  'tag:yaml.org,2002:binary',
]);

/**
 * The tags of YAML 1.1 as Go's YAML (and so the cluster) resolves them: `yes` and `on` are booleans, `0644` and
 * `0o644` are octal; times and dates stay strings.
 */
export function clusterTags(tags: Tags): Tags {
  return [
    ...tags.filter((tag) =>
      typeof tag === 'string' ? !NOT_IN_GO.has(`tag:yaml.org,2002:${tag}`) : isInGo(tag),
    ),
    goFloat,
    goOctal,
    goLargePrefix,
    goBinary,
  ];
}

function isInGo(tag: Exclude<Tags[number], string>): boolean {
  if (NOT_IN_GO.has(tag.tag)) return false;
  const scalar = tag as ScalarTag;
  if (scalar.format === 'TIME') return false;
  // Of the floats only the one for infinity and not-a-number.
  return tag.tag !== FLOAT || scalar.test?.test('.nan') === true;
}
