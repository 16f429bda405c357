import type { ReachedDeployer } from '../engine/report.ts';
import { shellQuote } from './undo.ts';

/** Commands about one object of Argo CD or Flux. Lines for a POSIX shell. */
export interface DeployerCommands {
  /** Keeps it from deploying what is on the branch now. */
  readonly pause: readonly string[];
  /** Puts back what ran before; empty where only a revert does. */
  readonly rollBack: readonly string[];
  /** Undoes `pause`, once the branch is right again. */
  readonly resume: readonly string[];
}

/** Where Argo CD and Flux are installed when a manifest does not say so. */
const ARGO_CD = 'argocd';
const FLUX = 'flux-system';

/** Namespace that the commands name. */
export function namespaceOf({ kind, namespace }: ReachedDeployer): string {
  return namespace ?? (kind === 'Kustomization' ? FLUX : ARGO_CD);
}

export function commandsFor(deployer: ReachedDeployer): DeployerCommands {
  if (deployer.kind === 'Kustomization') return fluxCommands(deployer);
  return deployer.kind === 'Application' ? applicationCommands(deployer) : setCommands(deployer);
}

function applicationCommands(deployer: ReachedDeployer): DeployerCommands {
  const { name, automatic } = deployer;
  const namespace = namespaceOf(deployer);
  const app = `${shellQuote(name)} --app-namespace ${shellQuote(namespace)}`;
  return {
    pause: automatic ? [`argocd app set ${app} --sync-policy none`] : [],
    rollBack: [`argocd app history ${app}`, `argocd app rollback ${app}`],
    resume: automatic ? [`argocd app set ${app} --sync-policy automated`] : [],
  };
}

/** An ApplicationSet sets the policy of its Applications again and again, so its template is what has to change. */
function setCommands(deployer: ReachedDeployer): DeployerCommands {
  if (!deployer.automatic) return { pause: [], rollBack: [], resume: [] };
  const patch = (automated: object | null): string =>
    patchOf('applicationset.argoproj.io', deployer, {
      spec: { template: { spec: { syncPolicy: { automated } } } },
    });
  return { pause: [patch(null)], rollBack: [], resume: [patch({})] };
}

function fluxCommands(deployer: ReachedDeployer): DeployerCommands {
  if (!deployer.automatic) return { pause: [], rollBack: [], resume: [] };
  const object = `kustomization ${shellQuote(deployer.name)} --namespace ${shellQuote(namespaceOf(deployer))}`;
  return { pause: [`flux suspend ${object}`], rollBack: [], resume: [`flux resume ${object}`] };
}

/** The same as `pause` for somebody who has only `kubectl`; empty when there is nothing to pause. */
export function kubectlPause(deployer: ReachedDeployer): string[] {
  if (!deployer.automatic || deployer.kind === 'ApplicationSet') return [];
  return deployer.kind === 'Kustomization'
    ? [patchOf('kustomization.kustomize.toolkit.fluxcd.io', deployer, { spec: { suspend: true } })]
    : [patchOf('application.argoproj.io', deployer, { spec: { syncPolicy: { automated: null } } })];
}

function patchOf(resource: string, deployer: ReachedDeployer, patch: object): string {
  const namespace = shellQuote(namespaceOf(deployer));
  return `kubectl --namespace ${namespace} patch ${resource} ${shellQuote(deployer.name)} --type merge --patch ${shellQuote(JSON.stringify(patch))}`;
}
