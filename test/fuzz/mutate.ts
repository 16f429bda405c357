/** Numbers that look random and come again with the same seed. */
export interface Random {
  /** From 0 up to, and without, a bound. */
  below(bound: number): number;
  pick<T>(items: readonly T[]): T;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  // mulberry32
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    below,
    pick: <T>(items: readonly T[]): T => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    },
  };
}

const INTERESTING = [0x00, 0x0a, 0x0d, 0x20, 0x22, 0x2d, 0x30, 0x3c, 0x3e, 0x7f, 0x80, 0xff];

/** A copy with one to four kinds of damage. */
export function mutate(bytes: Buffer, random: Random): Buffer {
  let copy: Buffer = Buffer.from(bytes);
  const count = 1 + random.below(4);
  for (let index = 0; index < count; index += 1) copy = mutateOnce(copy, random);
  return copy;
}

function mutateOnce(bytes: Buffer, random: Random): Buffer {
  if (bytes.length === 0) return Buffer.from([random.pick(INTERESTING)]);
  const at = random.below(bytes.length);
  const length = Math.min(bytes.length - at, 1 + random.below(16));
  switch (random.below(7)) {
    case 0:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
      return bytes;
    case 1:
      bytes[at] = random.pick(INTERESTING);
      return bytes;
    case 2:
      return bytes.subarray(0, at);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    case 4: {
      const to = random.below(bytes.length);
      return Buffer.concat([bytes.subarray(0, to), bytes.subarray(at, at + length), bytes.subarray(to)]);
    }
    case 5:
      return Buffer.concat([
        bytes.subarray(0, at),
        Buffer.alloc(length, random.pick(INTERESTING)),
        bytes.subarray(at),
      ]);
    default: {
      // A length field, with any value.
      if (at + 4 > bytes.length) return bytes;
      bytes.writeUInt32BE(
        random.pick([0, 1, 0x7fffffff, 0xffffffff, random.below(2 ** 32), random.below(300)]),
        at,
      );
      return bytes;
    }
  }
}
