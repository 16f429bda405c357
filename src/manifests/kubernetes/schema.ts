import type { Pointer } from '../position.ts';

/** What a value of the API may be: the form of the built-in kinds and of the schemas in custom resource definitions. */
export type Schema = Shape & {
  /** Custom resources keep null only where their schema says so; everywhere else null counts as absent. */
  readonly nullable?: boolean;
  /** Asked only of values that have the type. */
  readonly constraints?: readonly Constraint[];
};

export type Shape =
  | { readonly type: 'any' }
  | { readonly type: 'object'; readonly fields: () => Fields; readonly open: boolean }
  | { readonly type: 'map'; readonly values: Schema }
  | { readonly type: 'list'; readonly items: Schema }
  | { readonly type: 'string'; readonly format: StringFormat; readonly allowed: readonly string[] | null }
  | { readonly type: 'integer' | 'number' | 'boolean' | 'int-or-string' | 'quantity' };

export type StringFormat = 'text' | 'time' | 'bytes';
export type Fields = ReadonlyMap<string, Field>;

export interface Field {
  readonly schema: Schema;
  readonly required: boolean;
}

/** Finds where a value is not what it must be. */
export type Constraint = (value: unknown) => readonly Violation[];

export interface Violation {
  /** The end of a sentence: "must be …". */
  readonly wanted: string;
  /** The way from the value that was asked to the one that is meant; empty for itself. */
  readonly below?: Pointer;
  /** What a part of an object cannot be asked for: whether something is there at all. */
  readonly whole?: boolean;
}

/** One place where a value is not what its schema allows. No fault holds a value. */
export type Fault =
  | { readonly type: 'unknown-field'; readonly pointer: Pointer; readonly known: readonly string[] }
  | { readonly type: 'missing-field'; readonly pointer: Pointer; readonly field: string }
  /** `wanted` and `found` end the sentences "must be …" and "is …". */
  | {
      readonly type: 'wrong-type';
      readonly pointer: Pointer;
      readonly wanted: string;
      readonly found: string;
    }
  | {
      readonly type: 'wrong-value';
      readonly pointer: Pointer;
      readonly wanted: string;
      /** It may be right once the object is complete. */
      readonly whole: boolean;
    };
