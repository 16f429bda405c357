import type { FileRule, RuleContext } from '../../engine/rule.ts';
import { sopsConfigFor } from '../../sops/config-of.ts';
import { readSops } from '../../sops/reading.ts';
import { shellWord } from '../support/shell.ts';
import { SOPS_CONFIG_GLOBS } from '../support/sops-context.ts';

const MOVED =
  '`{path}` was `{old}`, which a creation rule of `{config}` covers, and no rule matches it any more: who may decrypt ' +
  'it is decided by nothing now.';

export const sopsFileWithoutRule: FileRule = {
  scope: 'file',
  context: SOPS_CONFIG_GLOBS,
  judge(file, context) {
    const { snapshot, base } = context;
    // Without a comparison nobody can tell a file that fell out of its rule from one that is keyed by hand.
    if (base == null) return [];
    const config = sopsConfigFor(file.path, snapshot);
    if (config === null || config.ruleCount === 0 || config.unreadable !== null) return [];
    if (config.ruleFor(file.path) !== null || config.problems.length > 0) return [];
    const unit = readSops(file)?.units[0];
    if (unit === undefined) return [];
    const old = pathBefore(file.path, context);
    const covered = old === null ? null : sopsConfigFor(old, base);
    const wasCovered = old !== null && covered !== null && covered.ruleFor(old) !== null;
    // One that no rule covered before either was not changed in that.
    if (old !== null && !wasCovered) return [];
    const range = unit.documents[0]?.rangeOf(['sops'], 'key');
    const moved = old !== null && old !== file.path ? { message: MOVED } : {};
    return [
      {
        ...moved,
        pointer: ['sops'],
        judged: null,
        ...(range === undefined ? {} : { range }),
        values: { config: config.path, old: old ?? file.path, file: shellWord(file.path) },
      },
    ];
  },
};

function pathBefore(path: string, { previous, renamedFrom }: RuleContext): string | null {
  return previous?.path ?? renamedFrom?.get(path) ?? null;
}
