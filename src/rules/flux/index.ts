import type { CodeRule } from '../../engine/rule.ts';
import { fluxControllerLockdown } from './flux-controller-lockdown.ts';
import { fluxDependsOn } from './flux-depends-on.ts';
import { fluxServiceAccount } from './flux-service-account.ts';
import { fluxSubstitutionSource } from './flux-substitution-source.ts';
import { fluxVerifiedSource } from './flux-verified-source.ts';
import { knownFluxSource } from './known-flux-source.ts';
import { noCrossNamespaceSource } from './no-cross-namespace-source.ts';
import { pinnedChartVersion } from './pinned-chart-version.ts';
import { pinnedFluxRef } from './pinned-flux-ref.ts';

export const FLUX_RULES: Readonly<Record<string, CodeRule>> = {
  'flux-controller-lockdown': fluxControllerLockdown,
  'flux-depends-on': fluxDependsOn,
  'flux-service-account': fluxServiceAccount,
  'flux-substitution-source': fluxSubstitutionSource,
  'flux-verified-source': fluxVerifiedSource,
  'known-flux-source': knownFluxSource,
  'no-cross-namespace-source': noCrossNamespaceSource,
  'pinned-chart-version': pinnedChartVersion,
  'pinned-flux-ref': pinnedFluxRef,
};
