import type { ScalarTag, Tags } from 'yaml';

const INT = 'tag:yaml.org,2002:int';
const FLOAT = 'tag:yaml.org,2002:float';

// What Go's YAML calls a float: at least one digit, so that `.` stays a string (`path: .`).
const goFloat: ScalarTag = {
  identify: (value) => typeof value === 'number',
  default: true,
  tag: FLOAT,
  test: /^[-+]?(?:\.[0-9][0-9_]*|[0-9][0-9_]*\.[0-9_]*|[0-9][0-9_]*(?=[eE])|[0-9][0-9_]*\.[0-9_]*(?=[eE])|\.[0-9][0-9_]*(?=[eE]))(?:[eE][-+]?[0-9]+)?$/,
  resolve: (text) => Number.parseFloat(text.replaceAll('_', '')),
};

const goOctal: ScalarTag = {
  identify: () => false,
  default: true,
  tag: INT,
  format: 'OCT',
  test: /^[-+]?0o[0-7_]+$/,
  resolve: (text) => {
    const digits = Number.parseInt(text.replace(/^[-+]?0o/, '').replaceAll('_', ''), 8);
    return text.startsWith('-') ? -digits : digits;
  },
};

const NOT_IN_GO: ReadonlySet<string> = new Set([
  'tag:yaml.org,2002:timestamp',
  'tag:yaml.org,2002:omap',
  'tag:yaml.org,2002:pairs',
  'tag:yaml.org,2002:set',
]);

/**
 * The tags of YAML 1.1 as Go's YAML (and so the cluster) resolves them: `yes` and `on` are booleans, `0644` and
 * `0o644` are octal; times and dates stay strings.
 */
export function clusterTags(tags: Tags): Tags {
  return [...tags.filter((tag) => typeof tag === 'string' || isInGo(tag)), goFloat, goOctal];
}

function isInGo(tag: Exclude<Tags[number], string>): boolean {
  if (NOT_IN_GO.has(tag.tag)) return false;
  const scalar = tag as ScalarTag;
  if (scalar.format === 'TIME') return false;
  // Of the floats only the one for infinity and not-a-number.
  return tag.tag !== FLOAT || scalar.test?.test('.nan') === true;
}
