import type { PostureSection } from '../engine/posture-policy-file.ts';
import { CONTROLS, DEFAULT_POSTURE, type PosturePolicy } from '../engine/posture-policy.ts';

export function toPosturePolicy({ dashboard, accept = {} }: PostureSection = {}): PosturePolicy {
  return {
    dashboard: dashboard ?? DEFAULT_POSTURE.dashboard,
    accept: new Map(
      CONTROLS.flatMap((id) => {
        const reason = accept[id];
        return reason === undefined ? [] : [[id, reason] as const];
      }),
    ),
  };
}
