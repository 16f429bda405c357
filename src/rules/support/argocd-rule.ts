import type { Severity } from '../../engine/finding.ts';
import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { settingsOf, type Setting } from './argocd-settings.ts';

/** What is wrong with a setting. */
export interface SettingFault {
  /** In which of the ConfigMaps. */
  readonly map: Setting['map'];
  readonly key: string | RegExp;
  readonly isWrong: (setting: Setting) => boolean;
  readonly message: string;
  readonly remediation: string;
  readonly severity?: Severity;
}

/** A rule about values that are written in Argo CD's settings, wherever they stand. */
export function argoCdSettings(faults: readonly SettingFault[]): ManifestRule {
  return {
    scope: 'manifest',
    judge: (manifest) =>
      settingsOf(manifest).flatMap(({ settings }) =>
        settings.flatMap((setting) =>
          faults
            .filter(({ map, key }) => map === setting.map && isKey(key, setting.key))
            .filter(({ isWrong }) => isWrong(setting))
            .map(({ message, remediation, severity }): Problem => ({
              pointer: setting.pointer,
              judged: setting.text,
              message,
              remediation,
              ...(severity === undefined ? {} : { severity }),
            })),
        ),
      ),
  };
}

function isKey(wanted: string | RegExp, key: string): boolean {
  return typeof wanted === 'string' ? wanted === key : wanted.test(key);
}
