import { ACTIVITY_ROUTES } from './activity.ts';
import { APP_ROUTES } from './app.ts';
import { CHECK_ROUTES } from './checks.ts';
import { CODE_SCANNING_ROUTES } from './code-scanning.ts';
import { COMMIT_ROUTES } from './commits.ts';
import { CONTENT_ROUTES } from './contents.ts';
import { DELIVERY_ROUTES } from './deliveries.ts';
import { ISSUE_ROUTES } from './issues.ts';
import { PEOPLE_ROUTES } from './people.ts';
import { PULL_REQUEST_ROUTES } from './pulls.ts';
import { REACTION_ROUTES } from './reactions.ts';
import { REPOSITORY_ROUTES } from './repositories.ts';
import { REVIEW_ROUTES } from './reviews.ts';
import type { Route } from './route.ts';
import { SETTINGS_ROUTES } from './settings.ts';

export const ROUTES: ReadonlyMap<string, Route> = new Map(
  [
    ...APP_ROUTES,
    ...DELIVERY_ROUTES,
    ...REPOSITORY_ROUTES,
    ...CONTENT_ROUTES,
    ...COMMIT_ROUTES,
    ...PULL_REQUEST_ROUTES,
    ...REVIEW_ROUTES,
    ...CHECK_ROUTES,
    ...CODE_SCANNING_ROUTES,
    ...ISSUE_ROUTES,
    ...SETTINGS_ROUTES,
    ...CONTENT_ROUTES,
    ...PEOPLE_ROUTES,
    ...REACTION_ROUTES,
    ...ACTIVITY_ROUTES,
  ].map((route) => [route.key, route]),
);
