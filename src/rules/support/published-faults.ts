import type { Severity } from '../../engine/finding.ts';
import type { Fault } from '../../manifests/kubernetes/schema.ts';
import { formatPointer } from '../../manifests/position.ts';

/**
 * Fields that releases in use know, although the one that is described gave them up. Argo Workflows 3 against 4:
 * https://github.com/argoproj/argo-workflows/blob/v3.6.2/manifests/base/crds/full
 */
const EARLIER_FIELDS: Readonly<Record<string, RegExp>> = {
  'Argo Workflows':
    /(?:^\/spec\/schedule|\/synchronization\/(?:mutex|semaphore)|\/(?:workflowSpec|spec)\/podPriority|\/cache\/configMap\/(?:key|optional)|\/template(?:s\/\d+|Defaults)\/priority)$/,
};

/**
 * Fields that a definition requires and fills in itself, so that nobody has to write them: descriptions tell the one and
 * not the other. And those that a later release requires no more.
 * Each is the kind and the pointer.
 * https://github.com/external-secrets/external-secrets/blob/v1.3.2/config/crds/bases
 * https://fluxcd.io/flux/components/source/api/v1/, https://fluxcd.io/flux/components/image/automation-api/v1/
 */
const FILLED_IN: Readonly<Record<string, RegExp>> = {
  'External Secrets':
    /(?:\/auth\/(?:(?:appRole|jwt|ldap|userPass)\/path|kubernetes\/mountPath)|\/onboardbase\/(?:apiHost|environment|project)|(?:^Password\/spec|\/passwordSpec)\/(?:allowRepeat|length|noUpper)|\/webhook\/result)$/,
  Flux: /^(?:OCIRepository\/spec\/verify\/provider|HelmChart\/spec\/verify\/provider|HelmRelease\/spec\/chart\/spec\/verify\/provider|ImageUpdateAutomation\/spec\/(?:sourceRef\/kind|update\/strategy))$/,
};

/** A fault in an object of a published kind, and how sure it is. */
export interface PublishedFault {
  readonly fault: Fault;
  /** What the object is written for may be another release of the project than the described one. */
  readonly severity?: Severity;
}

/**
 * What of the faults counts. Where a field is missing from a map that holds a field which the description does not know,
 * a newer release may well take the one instead of the other.
 */
export function publishedFaults(faults: readonly Fault[], project: string, kind: string): PublishedFault[] {
  const left = faults.filter((fault) => {
    if (fault.type === 'unknown-field')
      return EARLIER_FIELDS[project]?.test(formatPointer(fault.pointer)) !== true;
    return (
      fault.type !== 'missing-field' ||
      FILLED_IN[project]?.test(kind + formatPointer([...fault.pointer, fault.field])) !== true
    );
  });
  const strange = new Set(
    faults.flatMap(({ type, pointer }) =>
      type === 'unknown-field' ? [formatPointer(pointer.slice(0, -1))] : [],
    ),
  );
  return left.map((fault) =>
    fault.type === 'missing-field' && strange.has(formatPointer(fault.pointer))
      ? { fault, severity: 'warning' }
      : { fault },
  );
}
