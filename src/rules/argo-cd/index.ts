import type { CodeRule } from '../../engine/rule.ts';
import { allowedSourceRepositories } from './allowed-source-repositories.ts';
import { appDestinationNamespace } from './app-destination-namespace.ts';
import { appFinalizer } from './app-finalizer.ts';
import { appNamespace } from './app-namespace.ts';
import { appOutsideProject } from './app-outside-project.ts';
import { appProjectChanged } from './app-project-changed.ts';
import { appProjectOrphanedResources } from './app-project-orphaned-resources.ts';
import { appProjectSignatureKeys } from './app-project-signature-keys.ts';
import { appProjectSyncWindows } from './app-project-sync-windows.ts';
import { appRetryLimit } from './app-retry-limit.ts';
import { appsetFixedProject } from './appset-fixed-project.ts';
import { appsetParameterMissing } from './appset-parameter-missing.ts';
import { appsetPreservesResources } from './appset-preserves-resources.ts';
import { appsetScmGenerator } from './appset-scm-generator.ts';
import { appsetStrictTemplates } from './appset-strict-templates.ts';
import { argocdHardening } from './argocd-hardening.ts';
import { argocdNoExec } from './argocd-no-exec.ts';
import { argocdOpenAccess } from './argocd-open-access.ts';
import { argocdSafeBuilds } from './argocd-safe-builds.ts';
import { argocdSafeNotifications } from './argocd-safe-notifications.ts';
import { argocdTls } from './argocd-tls.ts';
import { deployedPathMissing } from './deployed-path-missing.ts';
import { knownAnnotationValue } from './known-annotation-value.ts';
import { knownAppProject } from './known-app-project.ts';
import { knownSyncOption } from './known-sync-option.ts';
import { noAutoSyncInProduction } from './no-auto-sync-in-production.ts';
import { noDefaultProject } from './no-default-project.ts';
import { noUnrestrictedAppProject } from './no-unrestricted-app-project.ts';
import { pinnedAppRevision } from './pinned-app-revision.ts';
import { safePruneInProduction } from './safe-prune-in-production.ts';
import { validAppDestination } from './valid-app-destination.ts';
import { validAppSource } from './valid-app-source.ts';
import { validHelmValues } from './valid-helm-values.ts';
import { valuesFileMissing } from './values-file-missing.ts';

export const ARGO_CD_RULES: Readonly<Record<string, CodeRule>> = {
  'allowed-source-repositories': allowedSourceRepositories,
  'app-destination-namespace': appDestinationNamespace,
  'app-finalizer': appFinalizer,
  'app-namespace': appNamespace,
  'app-outside-project': appOutsideProject,
  'app-project-changed': appProjectChanged,
  'app-project-orphaned-resources': appProjectOrphanedResources,
  'app-project-signature-keys': appProjectSignatureKeys,
  'app-project-sync-windows': appProjectSyncWindows,
  'app-retry-limit': appRetryLimit,
  'appset-fixed-project': appsetFixedProject,
  'appset-parameter-missing': appsetParameterMissing,
  'appset-preserves-resources': appsetPreservesResources,
  'appset-scm-generator': appsetScmGenerator,
  'appset-strict-templates': appsetStrictTemplates,
  'argocd-hardening': argocdHardening,
  'argocd-no-exec': argocdNoExec,
  'argocd-open-access': argocdOpenAccess,
  'argocd-safe-builds': argocdSafeBuilds,
  'argocd-safe-notifications': argocdSafeNotifications,
  'argocd-tls': argocdTls,
  'deployed-path-missing': deployedPathMissing,
  'known-annotation-value': knownAnnotationValue,
  'known-app-project': knownAppProject,
  'known-sync-option': knownSyncOption,
  'no-auto-sync-in-production': noAutoSyncInProduction,
  'no-default-project': noDefaultProject,
  'no-unrestricted-app-project': noUnrestrictedAppProject,
  'pinned-app-revision': pinnedAppRevision,
  'safe-prune-in-production': safePruneInProduction,
  'valid-app-destination': validAppDestination,
  'valid-app-source': validAppSource,
  'valid-helm-values': validHelmValues,
  'values-file-missing': valuesFileMissing,
};
