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

/**
 * The tags of YAML 1.1 as Go's YAML (and so the cluster) resolves them: `yes` and `on` are booleans, `0644` and
 * `0o644` are octal; times and dates stay strings.
 */
export function clusterTags(tags: Tags): Tags {
  const kept = tags.filter(
    (tag) =>
      typeof tag === 'string' ||
      !(
        tag.tag === 'tag:yaml.org,2002:timestamp' ||
        tag.tag === 'tag:yaml.org,2002:omap' ||
        tag.tag === 'tag:yaml.org,2002:pairs' ||
        tag.tag === 'tag:yaml.org,2002:set' ||
        ('format' in tag && tag.format === 'TIME') ||
        (tag.tag === FLOAT && 'test' in tag && tag.test !== undefined && !tag.test.test('.nan'))
      ),
  );
  return [...kept, goFloat, goOctal];
}
