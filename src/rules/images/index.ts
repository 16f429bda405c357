import type { CodeRule } from '../../engine/rule.ts';
import { allowedImageRegistry } from './allowed-image-registry.ts';
import { imageDigestInProduction } from './image-digest-in-production.ts';
import { noMutableImageTag } from './no-mutable-image-tag.ts';
import { noRemovedRegistry } from './no-removed-registry.ts';
import { pullPolicyFitsImage } from './pull-policy-fits-image.ts';

export const IMAGES_RULES: Readonly<Record<string, CodeRule>> = {
  'allowed-image-registry': allowedImageRegistry,
  'image-digest-in-production': imageDigestInProduction,
  'no-mutable-image-tag': noMutableImageTag,
  'no-removed-registry': noRemovedRegistry,
  'pull-policy-fits-image': pullPolicyFitsImage,
};
