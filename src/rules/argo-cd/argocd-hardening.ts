import { formOf } from '../../engine/object-form.ts';
import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { isOn, settingsOf, type Setting, type SettingsGroup } from '../support/argocd-settings.ts';
import { mayBePatched } from '../support/whole-object.ts';

interface Demand {
  readonly map: Setting['map'];
  readonly key: string;
  readonly isMet: (setting: Setting | undefined) => boolean;
  readonly message: string;
  readonly remediation: string;
}

const DEMANDS: readonly Demand[] = [
  {
    map: 'cm',
    key: 'admin.enabled',
    isMet: (setting) => setting !== undefined && !isOn(setting),
    message:
      '{kind} `{name}` leaves the built-in account `admin` enabled. Nobody can tell who used it, and its password is shared.',
    remediation: 'Set `admin.enabled: "false"` once everybody logs in with an account of their own.',
  },
  {
    map: 'cm',
    key: 'application.sync.impersonation.enabled',
    isMet: (setting) => setting !== undefined && isOn(setting),
    message:
      '{kind} `{name}` does not enable impersonation. Argo CD then syncs every Application with its own rights, which are those ' +
      'of a cluster administrator.',
    remediation:
      'Set `application.sync.impersonation.enabled: "true"`, and name accounts under `destinationServiceAccounts` of the AppProjects.',
  },
  {
    map: 'params',
    key: 'applicationsetcontroller.allowed.scm.providers',
    isMet: (setting) => setting !== undefined && setting.text.trim() !== '',
    message:
      '{kind} `{name}` does not limit the servers that ApplicationSets may ask. Whoever can create one can send the tokens ' +
      'of Argo CD to a server of their own.',
    remediation: 'List the servers under `applicationsetcontroller.allowed.scm.providers`.',
  },
  {
    map: 'rbac',
    key: 'policy.matchMode',
    isMet: (setting) => setting?.text.trim() !== 'regex',
    message:
      '{kind} `{name}` compares policies as regular expressions. A rule for `team` then also matches `team-admin`.',
    remediation: 'Remove `policy.matchMode`, and write the policies as globs.',
  },
];

export const argocdHardening: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZATION_GLOBS,
  judge(manifest, context) {
    const whole = formOf(manifest, context) === 'whole';
    return settingsOf(manifest).flatMap((group) =>
      DEMANDS.filter(({ map }) => map === group.map).flatMap((demand) =>
        whole && !mayBePatched(demand.key, context.snapshot) ? problemOf(demand, group) : [],
      ),
    );
  },
};

function problemOf(
  { key, isMet, message, remediation }: Demand,
  { settings, pointer }: SettingsGroup,
): Problem[] {
  const setting = settings.find((one) => one.key === key);
  return isMet(setting)
    ? []
    : [{ pointer: [...pointer, key], judged: setting?.text ?? null, message, remediation }];
}
