/** A configuration file handed over as text. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}
