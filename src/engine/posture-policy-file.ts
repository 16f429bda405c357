import { CONTROLS, DASHBOARDS, type ControlId, type Dashboard } from './posture-policy.ts';

/** The section `posture`, as it is written. */
export interface PostureSection {
  dashboard?: Dashboard;
  accept?: Partial<Record<ControlId, string>>;
}

/** JSON Schema of the section `posture`. */
export const POSTURE_SCHEMA = {
  type: 'object',
  description: 'How the settings of GitHub are looked at.',
  additionalProperties: false,
  properties: {
    dashboard: {
      type: 'string',
      enum: [...DASHBOARDS],
      description:
        'Where the App keeps an issue that says which settings to change. Default: private, because the issue names what is weak.',
    },
    accept: {
      type: 'object',
      description: 'Settings that may stay as they are, each with the reason.',
      additionalProperties: false,
      properties: Object.fromEntries(
        CONTROLS.map((id) => [id, { type: 'string', minLength: 10, maxLength: 500 }]),
      ),
    },
  },
};
