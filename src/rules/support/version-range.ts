/** Whether a version is a range, or a tag that moves, from which Helm and Flux pick what is newest. */
export function isVersionRange(version: string): boolean {
  const text = version.trim();
  return (
    /[*^~<>|,]/.test(text) ||
    /\s-\s/.test(text) ||
    /(?:^|\.)x(?:\.|$)/i.test(text) ||
    /^v?\d+(?:\.\d+)?$/.test(text) ||
    /^(?:latest|HEAD)$/i.test(text)
  );
}
