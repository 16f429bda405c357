import { posix } from 'node:path';
import type { FileRule, JudgedFile, Problem } from '../../engine/rule.ts';
import { readSopsConfig, SOPS_CONFIG_NAME } from '../../manifests/sops-config.ts';
import { remarksOn } from '../../sops/config-lint.ts';

const IGNORED =
  '`{path}` is ignored: SOPS looks for `.sops.yaml` alone, so no rule in this file has any effect.';
const RENAME = 'Rename it to `.sops.yaml`.';

export const validSopsConfig: FileRule = {
  scope: 'file',
  judge(file, { snapshot }) {
    const name = posix.basename(file.path);
    if (name === '.sops.yml') return ignoredName(file);
    if (name !== SOPS_CONFIG_NAME || file.text === null) return [];
    const folder = posix.dirname(file.path);
    const below = [...snapshot.paths].filter((path) => folder === '.' || path.startsWith(`${folder}/`));
    return remarksOn(readSopsConfig(file.path, file.text), below, false).map(
      ({ fact, why, remedy, pointer, range }): Problem => ({
        pointer,
        range,
        judged: [fact, why],
        // Names in the texts are shown in backquotes, which a placeholder cannot hold.
        message: `\`{path}\` ${literal(fact)}: ${literal(why)}.`,
        remediation: literal(remedy),
      }),
    );
  },
};

function ignoredName(file: JudgedFile): Problem[] {
  return /^creation_rules\s*:/m.test(file.text ?? '')
    ? [{ message: IGNORED, remediation: RENAME, judged: null }]
    : [];
}

/** A text as a template that is filled with nothing. */
function literal(text: string): string {
  return text.replaceAll(/\{([a-zA-Z]+)\}/g, '{ $1 }');
}
