import { argoCdSettings } from '../support/argocd-rule.ts';
import { isOn } from '../support/argocd-settings.ts';

export const argocdSafeBuilds = argoCdSettings([
  {
    map: 'cm',
    key: /^kustomize\.buildOptions(?:\.|$)/,
    isWrong: ({ text }) => /--load[-_]restrictor[=\s]+["']?(?:LoadRestrictionsNone|none)\b/i.test(text),
    message:
      '{kind} `{name}` sets `{key}` so that kustomize may read files outside the folder that it builds. One Application can ' +
      'then read what belongs to another.',
    remediation:
      'Remove `--load-restrictor=LoadRestrictionsNone`, and refer to shared files by a folder with a kustomization.',
  },
  {
    map: 'cm',
    key: /^kustomize\.buildOptions(?:\.|$)/,
    isWrong: ({ text }) => /--enable-exec\b(?!=false)/.test(text),
    severity: 'info',
    message:
      '{kind} `{name}` sets `{key}` with `--enable-exec`. Kustomizations can then run programs in the repository server of ' +
      'Argo CD, which can read every repository.',
    remediation:
      'Remove `--enable-exec`, unless a plugin such as ksops needs it, and then limit who may write to the repositories.',
  },
  {
    map: 'cm',
    key: 'helm.valuesFileSchemes',
    isWrong: ({ text }) => text.split(',').some((scheme) => /^\s*http\s*$/i.test(scheme)),
    message:
      '{kind} `{name}` lets Applications load values files over `http`. Whoever sits on the way decides what is deployed.',
    remediation: 'Remove `http` from `helm.valuesFileSchemes`.',
  },
  {
    map: 'params',
    key: 'reposerver.allow.oob.symlinks',
    isWrong: isOn,
    message:
      '{kind} `{name}` sets `reposerver.allow.oob.symlinks`. A link in a repository can then point at files of the repository ' +
      'server, such as its keys.',
    remediation: 'Remove `reposerver.allow.oob.symlinks`.',
  },
]);
