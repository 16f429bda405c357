import type { PolicyFile } from '../engine/policy-file.ts';
import { asksForSignatures, toSignaturePolicy } from './signature-policy.ts';

/** How hard a floor presses; null where it leaves that to the repository. */
export interface FloorForce {
  readonly mode: 'enforce' | null;
  readonly notChecked: 'fail' | null;
}

/**
 * A floor that makes something block would ask for nothing if a repository could let everything pass. So it brings
 * `mode: enforce` and `notChecked: fail` with it, unless it says itself that it does not.
 */
export function forceOf(floor: PolicyFile): FloorForce {
  const isFirm = makesBlock(floor);
  return {
    mode: (floor.mode ?? (isFirm ? 'enforce' : 'report')) === 'enforce' ? 'enforce' : null,
    notChecked: (floor.notChecked ?? (isFirm ? 'fail' : 'warn')) === 'fail' ? 'fail' : null,
  };
}

function makesBlock({ profile, rules = {}, secrets, signatures }: PolicyFile): boolean {
  const isError = (level: string | undefined): boolean => level === 'error';
  return (
    profile !== undefined ||
    Object.values(rules).some((setting) =>
      typeof setting === 'string'
        ? isError(setting)
        : isError(setting.severity) || (setting.overrides ?? []).some(({ severity }) => isError(severity)),
    ) ||
    Object.values(secrets?.kinds ?? {}).some(isError) ||
    asksForSignatures(toSignaturePolicy(signatures))
  );
}
