import { analysesOf } from '../support/rollout.ts';
import { ofWholeObjects } from '../support/whole-object.ts';

export const rolloutAnalysis = ofWholeObjects(({ value }) =>
  analysesOf(value).length > 0 ? [] : [{ pointer: ['spec', 'strategy'], atKey: true, judged: null }],
);
