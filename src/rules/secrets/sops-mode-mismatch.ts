import type { FileRule, JudgedFile, Problem, RuleContext } from '../../engine/rule.ts';
import type { CreationRule, SopsConfig } from '../../manifests/sops-config.ts';
import { sopsConfigFor } from '../../sops/config-of.ts';
import { isSecretLeaf, modeDrift, thresholdDrift, type ModeDrift } from '../../sops/drift.ts';
import { readSops, type SopsUnit } from '../../sops/reading.ts';
import { shellWord } from '../support/shell.ts';
import { SOPS_CONFIG_GLOBS } from '../support/sops-context.ts';

const EXPOSED =
  '`{key}` in `{path}` is in plain text, although the creation rule in `{config}` would encrypt it: the file was ' +
  'encrypted with another mode, and SOPS goes by the one in the file. Anyone who can read this repository can read the value.';
const SEALED =
  '`{path}` encrypts `{key}`, which its creation rule in `{config}` leaves in plain text, so the next tool that reads ' +
  'the file without a key cannot use it.';
const MAC =
  '`{path}` sets `mac_only_encrypted` and its creation rule in `{config}` does not. What is in plain text in it can be ' +
  'changed without SOPS noticing.';
const THRESHOLD =
  '`{path}` can be decrypted with {has} of its key groups, and its creation rule in `{config}` wants {wants}. ' +
  '`sops updatekeys` leaves that as it is.';

interface Drift {
  readonly kind: 'exposed' | 'sealed' | 'mac' | 'threshold';
  readonly problem: Problem;
  /** Wrong whoever made the file; all else may have been meant, and counts when a change brings it. */
  readonly alwaysWrong: boolean;
}

export const sopsModeMismatch: FileRule = {
  scope: 'file',
  context: SOPS_CONFIG_GLOBS,
  judge(file, context) {
    const found = driftsOf(file, sopsConfigFor(file.path, context.snapshot));
    const before = found.length === 0 ? [] : kindsBefore(context);
    return found
      .filter(({ kind, alwaysWrong }) => alwaysWrong || (context.base != null && !before.includes(kind)))
      .map(({ problem }) => ({ ...problem, values: { ...problem.values, file: shellWord(file.path) } }));
  },
};

/** What was already so on the base, under the configuration there. */
function kindsBefore({ previous, base }: RuleContext): string[] {
  if (!previous || !base) return [];
  return driftsOf(previous, sopsConfigFor(previous.path, base)).map(({ kind }) => kind);
}

function driftsOf(file: JudgedFile, config: SopsConfig | null): Drift[] {
  const rule = config?.ruleFor(file.path) ?? null;
  const unit = rule === null ? null : (readSops(file)?.units[0] ?? null);
  if (config === null || rule === null || unit === null) return [];
  const mode = modeDrift(unit, rule);
  return [...(mode === null ? [] : modeDrifts(unit, mode)), ...thresholdDrifts(unit, rule)].map((drift) => ({
    ...drift,
    problem: {
      ...drift.problem,
      related: [
        {
          message: 'The creation rule that applies to the file.',
          location: { path: config.path, range: rule.range },
        },
      ],
      values: { config: config.path, ...drift.problem.values },
    },
  }));
}

function modeDrifts(unit: SopsUnit, { exposed, sealed, macOnlyEncrypted }: ModeDrift): Drift[] {
  const secrets = exposed.filter(isSecretLeaf);
  const shown = secrets[0] ?? exposed[0];
  const nothingEncrypted = !unit.leaves.some(({ encrypted }) => encrypted);
  const drifts: Drift[] = [];
  if (shown !== undefined) {
    drifts.push({
      kind: 'exposed',
      alwaysWrong: secrets.length > 0 || nothingEncrypted,
      problem: {
        message: EXPOSED,
        pointer: shown.pointer,
        range: shown.document.rangeOf(shown.pointer, 'key'),
        judged: exposed.map(({ place, value }) => [place, value]),
        values: { key: shown.keys.join('.') },
      },
    });
  } else if (sealed[0] !== undefined) {
    const [first] = sealed;
    drifts.push({
      kind: 'sealed',
      alwaysWrong: false,
      problem: {
        message: SEALED,
        pointer: first.pointer,
        range: first.document.rangeOf(first.pointer, 'key'),
        judged: null,
        values: { key: first.keys.join('.') },
      },
    });
  }
  if (macOnlyEncrypted) {
    drifts.push({ kind: 'mac', alwaysWrong: false, problem: atMetadata(unit, 'mac_only_encrypted', MAC) });
  }
  return drifts;
}

function thresholdDrifts(unit: SopsUnit, rule: CreationRule): Drift[] {
  const drift = thresholdDrift(unit, rule);
  if (drift === null) return [];
  const problem = atMetadata(unit, 'shamir_threshold', THRESHOLD);
  const values = { has: String(drift.has), wants: String(drift.wants) };
  return [{ kind: 'threshold', alwaysWrong: false, problem: { ...problem, values } }];
}

function atMetadata(unit: SopsUnit, key: string, message: string): Problem {
  const range = unit.documents[0]?.rangeOf(['sops', key], 'key');
  return { message, pointer: ['sops', key], judged: null, ...(range === undefined ? {} : { range }) };
}
