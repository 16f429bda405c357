import { argoCdSettings } from '../support/argocd-rule.ts';
import { isOn } from '../support/argocd-settings.ts';

export const argocdTls = argoCdSettings([
  {
    map: 'cm',
    key: 'oidc.tls.insecure.skip.verify',
    isWrong: isOn,
    message:
      '{kind} `{name}` sets `oidc.tls.insecure.skip.verify`. Whoever sits between Argo CD and the login provider can then log ' +
      'in as anybody.',
    remediation: 'Remove it, and give the certificate of the provider as `rootCA` in `oidc.config`.',
  },
  {
    map: 'params',
    key: 'server.insecure',
    isWrong: isOn,
    severity: 'info',
    message:
      '{kind} `{name}` sets `server.insecure`. The server of Argo CD then speaks plain HTTP; passwords and tokens are only ' +
      'safe as far as the ingress reaches.',
    remediation: 'Remove it, and let the ingress pass TLS through or encrypt again.',
  },
  {
    map: 'params',
    key: /\.disable\.tls$/,
    isWrong: isOn,
    message: '{kind} `{name}` sets `{key}`. The parts of Argo CD then talk to each other without encryption.',
    remediation: 'Remove `{key}`.',
  },
]);
