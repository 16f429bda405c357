import { argoCdSettings } from '../support/argocd-rule.ts';
import { isOn } from '../support/argocd-settings.ts';

export const argocdNoExec = argoCdSettings([
  {
    map: 'cm',
    key: 'exec.enabled',
    isWrong: isOn,
    message:
      '{kind} `{name}` sets `exec.enabled`. Users of Argo CD can then open a shell in running containers, and read every ' +
      'secret that is mounted there.',
    remediation: 'Remove `exec.enabled`.',
  },
]);
