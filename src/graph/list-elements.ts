import { isRecord, scalarText } from '../manifests/manifest.ts';
import { listAt, valueAt } from '../manifests/workload.ts';

/** `{{ .values.region }}` and `{{values.region}}`: nothing but the way to a parameter. */
const PARAMETER = /\{\{-?\s*\.?([A-Za-z_][\w.-]*?)\s*-?\}\}/g;
/** More Applications than anybody writes into a list. */
const MAX_ELEMENTS = 1_000;

/**
 * A text of an ApplicationSet as each element of its lists fills it in; none where other generators take part. A text in which
 * more than parameters stand is left as it is.
 */
export function filledIn(text: string, applicationSet: Readonly<Record<string, unknown>>): string[] {
  const generators = listAt(applicationSet, ['spec', 'generators']);
  const elements = generators.flatMap((generator) => listAt(generator, ['list', 'elements']));
  const areLists = generators.every(
    (generator) =>
      Array.isArray(valueAt(generator, ['list', 'elements'])) &&
      valueAt(generator, ['list', 'elementsYaml']) === undefined &&
      valueAt(generator, ['list', 'template']) === undefined &&
      valueAt(generator, ['selector']) === undefined,
  );
  if (!areLists || elements.length > MAX_ELEMENTS) return [];
  const texts = elements.filter(isRecord).map((element) =>
    text.replaceAll(PARAMETER, (whole, way: string) => {
      const steps = way.split('.');
      return scalarText(valueAt(element, steps)) ?? whole;
    }),
  );
  return [...new Set(texts)];
}
