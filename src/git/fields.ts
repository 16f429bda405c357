/**
 * Cuts output of git into its fields, each of which ends in a NUL.
 *
 * @returns takes the output chunk by chunk
 */
export function splitFields(onField: (field: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = data.indexOf(0); end >= 0; end = data.indexOf(0, start)) {
      onField(data.subarray(start, end));
      start = end + 1;
    }
    rest = data.subarray(start);
  };
}
