import type { Problem, RepositoryRule } from '../../engine/rule.ts';
import type { CreationRule } from '../../manifests/sops-config.ts';
import type { SopsRecipient } from '../../manifests/sops-recipients.ts';
import { policyEffects, type AffectedFile } from '../../sops/policy-effects.ts';
import { scopeUnder } from '../../sops/reading.ts';
import { shortName } from '../../sops/recipient-names.ts';
import { plural } from '../support/plural.ts';
import { SOPS_CONFIG_GLOBS } from '../support/sops-context.ts';

const GAINS =
  '`{path}` gives {recipient} access to {files}, such as `{sample}`. Whoever can decrypt them once knows what they hold ' +
  'for good.';
const WITHOUT_RULE =
  '`{config}` covered {files}, such as `{sample}`, and no creation rule does any more: who may decrypt them is decided by ' +
  'nothing now, and new versions can be saved unencrypted.';
const NARROWED =
  '`{path}` encrypts less than before: `{key}` in `{sample}` is encrypted now, and its new creation rule would leave it ' +
  'in plain text the next time that the file is encrypted.';
const THRESHOLD =
  '`{path}` lets {has} key groups decrypt what took {wants} before, such as `{sample}`. Fewer people can open it together.';
const MAC =
  '`{path}` turns on `mac_only_encrypted` for {files}, such as `{sample}`. What is in plain text in them can then be ' +
  'changed without SOPS noticing.';
const KEYLESS =
  '`{path}` names no recipient any more for {files}, such as `{sample}`: who may decrypt them is left to whoever calls SOPS.';

/** More findings than this say nothing new; the table of the report counts them all. */
const MAX_LISTED = 50;

interface Effect {
  readonly file: AffectedFile;
  readonly group: string;
  readonly message: string;
  readonly remediation: string;
  readonly values?: Readonly<Record<string, string>>;
}

const CONFIRM = 'Have somebody who answers for these secrets confirm it; else take it back.';
const RESTORE = 'Restore the rule, or write one that matches these files.';

export const noWeakerSopsConfig: RepositoryRule = {
  scope: 'repository',
  context: SOPS_CONFIG_GLOBS,
  judge(_files, { base, snapshot, renamedFrom = new Map() }) {
    const effects = base == null ? null : policyEffects(base, snapshot, renamedFrom);
    const groups = new Map<string, Effect[]>();
    for (const effect of effects?.files.flatMap(effectsOn) ?? []) {
      const known = groups.get(effect.group);
      if (known === undefined) groups.set(effect.group, [effect]);
      else known.push(effect);
    }
    return [...groups.values()].slice(0, MAX_LISTED).flatMap((group) => problemOf(group, snapshot.paths));
  },
};

function effectsOn(file: AffectedFile): Effect[] {
  const { oldRule, newRule } = file;
  if (oldRule === null) return gainsOf(file);
  const config = file.oldConfig?.path ?? '';
  if (newRule === null) {
    // A configuration that cannot be used is reported as such.
    const broken =
      file.newConfig !== null && (file.newConfig.problems.length > 0 || file.newConfig.unreadable !== null);
    if (broken) return [];
    return [
      { file, group: `none ${config}`, message: WITHOUT_RULE, remediation: RESTORE, values: { config } },
    ];
  }
  return [...gainsOf(file), ...weaker(file, oldRule, newRule)];
}

function gainsOf(file: AffectedFile): Effect[] {
  return file.gains.map((recipient: SopsRecipient) => ({
    file,
    group: `gains ${file.newConfig?.path ?? ''} ${recipient.type} ${recipient.id}`,
    message: GAINS,
    remediation: CONFIRM,
    values: { recipient: shortName(recipient) },
  }));
}

function weaker(file: AffectedFile, oldRule: CreationRule, newRule: CreationRule): Effect[] {
  const at = `${file.newConfig?.path ?? ''} ${newRule.index}`;
  const [oldScope, newScope] = [scopeUnder(oldRule, file.unit), scopeUnder(newRule, file.unit)];
  const uncovered = file.unit.leaves.find(
    ({ encrypted, keys }) => encrypted && oldScope?.(keys) === true && newScope?.(keys) === false,
  );
  const effects: Effect[] = [];
  if (uncovered !== undefined) {
    const values = { key: uncovered.keys.join('.') };
    effects.push({ file, group: `scope ${at}`, message: NARROWED, remediation: RESTORE, values });
  }
  if (newRule.recipients.length > 0 && oldRule.groups.length > 1 && newRule.threshold < oldRule.threshold) {
    const values = { has: String(newRule.threshold), wants: String(oldRule.threshold) };
    effects.push({ file, group: `threshold ${at}`, message: THRESHOLD, remediation: CONFIRM, values });
  }
  if (newRule.macOnlyEncrypted && !oldRule.macOnlyEncrypted) {
    effects.push({ file, group: `mac ${at}`, message: MAC, remediation: CONFIRM });
  }
  if (newRule.recipients.length === 0 && oldRule.recipients.length > 0) {
    effects.push({ file, group: `keyless ${at}`, message: KEYLESS, remediation: RESTORE });
  }
  return effects;
}

/** At the new rule; when there is none, or its configuration was deleted, at what is left to point at. */
function problemOf(group: readonly Effect[], paths: ReadonlySet<string>): Problem[] {
  const [first] = group;
  if (first === undefined) return [];
  const { file, message, remediation, values } = first;
  const config = [file.newConfig, file.oldConfig].find((one) => one != null && paths.has(one.path)) ?? null;
  return [
    {
      path: config?.path ?? file.path,
      range: file.newRule?.range ?? START,
      judged: first.group,
      message,
      remediation,
      values: { files: plural(group.length, 'file'), sample: file.path, ...values },
    },
  ];
}

const START = { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };
