import { argoCdSettings } from '../support/argocd-rule.ts';
import { isOn } from '../support/argocd-settings.ts';

export const argocdOpenAccess = argoCdSettings([
  {
    map: 'rbac',
    key: 'policy.default',
    isWrong: ({ text }) => text.trim() === 'role:admin',
    message:
      '{kind} `{name}` sets `policy.default: role:admin`. Everybody who can log in is then an administrator of Argo CD, and ' +
      'with it of every cluster that it deploys to.',
    remediation:
      'Set it to `role:readonly` or to an empty text, and give `role:admin` to a group under `policy.csv`.',
  },
  {
    map: 'params',
    key: 'server.disable.auth',
    isWrong: isOn,
    message:
      '{kind} `{name}` sets `server.disable.auth`. Everybody who can reach Argo CD is then its administrator, without logging in.',
    remediation: 'Remove `server.disable.auth`.',
  },
  {
    map: 'cm',
    key: 'users.anonymous.enabled',
    isWrong: isOn,
    severity: 'warning',
    message:
      '{kind} `{name}` sets `users.anonymous.enabled`. Everybody who can reach Argo CD then has the rights of ' +
      '`policy.default`, without logging in.',
    remediation: 'Remove `users.anonymous.enabled`.',
  },
]);
