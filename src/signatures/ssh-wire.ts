/** What cannot be read as SSH's binary format. */
export class WireError extends Error {
  override readonly name: string = 'WireError';
}

/** What may be whole, but is of a kind that is not known here. */
export class UnknownKindError extends WireError {}

/** Reads SSH's binary format (RFC 4251, section 5), and refuses whatever is cut off. */
export class WireReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get position(): number {
    return this.#at;
  }

  bytes(count: number): Buffer {
    if (count > this.#bytes.length - this.#at) throw new WireError('cut off');
    const part = this.#bytes.subarray(this.#at, this.#at + count);
    this.#at += count;
    return part;
  }

  byte(): number {
    return this.bytes(1).readUInt8(0);
  }

  uint32(): number {
    return this.bytes(4).readUInt32BE(0);
  }

  uint64(): bigint {
    return this.bytes(8).readBigUInt64BE(0);
  }

  string(): Buffer {
    return this.bytes(this.uint32());
  }

  text(): string {
    return this.string().toString('latin1');
  }

  /** A number that is not negative and is written the shortest way, as its big-endian bytes. */
  mpint(): Buffer {
    const value = this.string();
    const [first = 0, second = 0] = value;
    if (first >= 0x80 || (first === 0 && value.length > 0 && second < 0x80))
      throw new WireError('bad number');
    return first === 0 ? value.subarray(1) : value;
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  end(): void {
    if (!this.atEnd) throw new WireError('trailing bytes');
  }
}

/** A string as SSH writes it: its length, then its bytes. */
export function wireString(value: Uint8Array | string): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
