import type { CodeRule } from '../../engine/rule.ts';
import { customResourceWithoutSchema } from './custom-resource-without-schema.ts';
import { definitionRemovedWhileUsed } from './definition-removed-while-used.ts';
import { deprecatedApiVersion } from './deprecated-api-version.ts';
import { knownApiVersion } from './known-api-version.ts';
import { noBreakingDefinitionChange } from './no-breaking-definition-change.ts';
import { noDefaultNamespace } from './no-default-namespace.ts';
import { noDuplicateObject } from './no-duplicate-object.ts';
import { objectNamesItsKind } from './object-names-its-kind.ts';
import { objectSize } from './object-size.ts';
import { referencedObjectMissing } from './referenced-object-missing.ts';
import { requiredLabels } from './required-labels.ts';
import { resourceFitsChangedDefinition } from './resource-fits-changed-definition.ts';
import { serverSideApplyNeeded } from './server-side-apply-needed.ts';
import { validCustomResourceDefinition } from './valid-custom-resource-definition.ts';
import { validLabels } from './valid-labels.ts';
import { validName } from './valid-name.ts';
import { validObject } from './valid-object.ts';
import { validSchema } from './valid-schema.ts';
import { validYaml } from './valid-yaml.ts';

export const MANIFESTS_RULES: Readonly<Record<string, CodeRule>> = {
  'custom-resource-without-schema': customResourceWithoutSchema,
  'definition-removed-while-used': definitionRemovedWhileUsed,
  'deprecated-api-version': deprecatedApiVersion,
  'known-api-version': knownApiVersion,
  'no-breaking-definition-change': noBreakingDefinitionChange,
  'no-default-namespace': noDefaultNamespace,
  'no-duplicate-object': noDuplicateObject,
  'object-names-its-kind': objectNamesItsKind,
  'object-size': objectSize,
  'referenced-object-missing': referencedObjectMissing,
  'required-labels': requiredLabels,
  'resource-fits-changed-definition': resourceFitsChangedDefinition,
  'server-side-apply-needed': serverSideApplyNeeded,
  'valid-custom-resource-definition': validCustomResourceDefinition,
  'valid-labels': validLabels,
  'valid-name': validName,
  'valid-object': validObject,
  'valid-schema': validSchema,
  'valid-yaml': validYaml,
};
