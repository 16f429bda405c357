import { isFindingAllowed, isPlaceAllowed, type Place } from './allowlist.ts';
import { decodePass, originalOf, touches, type Segment } from './decode.ts';
import { entropyOf } from './entropy.ts';
import { fragmentsOf } from './fragments.ts';
import { Lines } from './lines.ts';
import { isAscii, type Engine, type Pattern, type Span } from './pattern/pattern.ts';
import { dropGeneric, requireCompanions } from './companions.ts';
import type { Allowlist, RuleSet, SecretRule } from './rule-set.ts';

/** gitleaks' own mark in a line: this is no secret. */
const ALLOW_COMMENT = 'gitleaks:allow';

/** One finding, with the secret itself: it must not leave the scan. */
export interface RawLeak {
  readonly ruleId: string;
  readonly enforced: boolean;
  /** Empty for a rule that looks at the path alone. */
  readonly secret: string;
  readonly match: string;
  /** The secret in the text as written; of an encoded one, what encodes it. Null: the file as a whole. */
  readonly span: Span | null;
  /** Where the whole match begins and ends, as gitleaks counts lines: from 1, and 0 for a file as a whole. */
  readonly startLine: number;
  readonly endLine: number;
  /** As gitleaks counts them: bytes from the line end before. */
  readonly startColumn: number;
  readonly decoded: boolean;
  /** The line has the comment that allows it. */
  readonly commented: boolean;
}

export interface ScanInput extends Place {
  readonly text: string;
}

export interface ScanOptions {
  /** How many encodings one around the other are undone. */
  readonly decodeDepth: number;
}

export const DEFAULT_DECODE_DEPTH = 5;

const NO_ALLOWLISTS: readonly Allowlist[] = [];

/** A text on one level of decoding. */
interface Pass {
  readonly text: string;
  readonly ascii: boolean;
  readonly segments: readonly Segment[];
  readonly depth: number;
  readonly rules: readonly number[];
}

/**
 * Looks for secrets in one text. The work can be interrupted at any moment, from outside and without notice, and taken
 * up again: what is under way is then done once more by the engine that no text can stall.
 */
export class TextScan {
  readonly #set: RuleSet;
  readonly #input: ScanInput;
  readonly #options: ScanOptions;
  readonly #lines: Lines;
  readonly #fragments: readonly Span[];
  readonly #found = new Map<string, RawLeak>();
  readonly #places = new Map<readonly Allowlist[], boolean>();
  /** Rules for which the fast engine took too long. */
  readonly #slow = new Set<SecretRule>();
  #fragment = 0;
  #fragmentLeaks: RawLeak[] = [];
  #pass: Pass | null = null;
  #rule = 0;
  #done = false;

  constructor(set: RuleSet, input: ScanInput, options: ScanOptions) {
    this.#set = set;
    this.#input = input;
    this.#options = options;
    this.#lines = new Lines(input.text);
    const fragments = fragmentsOf(input.text);
    // An empty file has a path all the same.
    this.#fragments = fragments.length === 0 ? [{ start: 0, end: 0 }] : fragments;
  }

  get done(): boolean {
    return this.#done;
  }

  /** The rule under way, and whether it is run by the slow engine already. */
  get current(): { readonly ruleId: string; readonly engine: Engine } | null {
    const rule = this.#currentRule();
    return rule === null ? null : { ruleId: rule.id, engine: this.#engineOf(rule) };
  }

  get leaks(): readonly RawLeak[] {
    return [...this.#found.values()];
  }

  /** After an interruption: what was under way goes to the other engine. */
  yieldRule(): void {
    const rule = this.#currentRule();
    if (rule !== null) this.#slow.add(rule);
  }

  /** Goes on to the end. */
  run(): void {
    while (this.#fragment < this.#fragments.length) {
      this.#pass ??= this.#firstPass();
      while (this.#rule < this.#pass.rules.length) {
        const rule = this.#set.rules[this.#pass.rules[this.#rule] ?? -1];
        const leaks = rule === undefined ? [] : this.#detect(rule, this.#pass, false);
        // Nothing before this line is kept when it is interrupted.
        this.#fragmentLeaks = this.#fragmentLeaks.concat(leaks);
        this.#rule += 1;
      }
      const next = this.#nextPass(this.#pass);
      this.#rule = 0;
      this.#pass = next;
      if (next !== null) continue;
      for (const leak of dropGeneric(this.#fragmentLeaks, this.#set)) this.#found.set(keyOf(leak), leak);
      this.#fragmentLeaks = [];
      this.#fragment += 1;
    }
    this.#done = true;
  }

  #currentRule(): SecretRule | null {
    return this.#set.rules[this.#pass?.rules[this.#rule] ?? -1] ?? null;
  }

  #engineOf(rule: SecretRule): Engine {
    return this.#slow.has(rule) ? 're2' : 'v8';
  }

  #firstPass(): Pass {
    const { start, end } = this.#fragments[this.#fragment] ?? { start: 0, end: 0 };
    const text = this.#input.text.slice(start, end);
    return { text, ascii: isAscii(text), segments: [], depth: 0, rules: this.#set.select(text) };
  }

  #nextPass(pass: Pass): Pass | null {
    if (pass.depth >= this.#options.decodeDepth) return null;
    const { text, segments } = decodePass(pass.text, pass.segments);
    if (segments.length === 0) return null;
    return { text, ascii: isAscii(text), segments, depth: pass.depth + 1, rules: this.#set.select(text) };
  }

  /** @param inherited asked for by another rule, which needs it beside it */
  #detect(rule: SecretRule, pass: Pass, inherited: boolean): RawLeak[] {
    if (rule.skipReport && !inherited) return [];
    const engine = this.#engineOf(rule);
    const globals = rule.enforced ? NO_ALLOWLISTS : this.#set.allowlists;
    if (this.#placeAllowed(globals, engine) || this.#placeAllowed(rule.allowlists, engine)) return [];
    if (rule.path !== null && !rule.path.test(this.#input.path, engine)) return [];
    if (rule.pattern === null) return rule.path === null || pass.depth > 0 ? [] : [wholeFile(rule)];
    const leaks: RawLeak[] = [];
    for (const span of rule.pattern.matches(pass.text, pass.ascii, engine)) {
      const leak = this.#judge(rule, rule.pattern, span, pass, globals, engine);
      if (leak !== null) leaks.push(leak);
    }
    if (inherited || rule.required.length === 0 || leaks.length === 0) return leaks;
    return requireCompanions(leaks, rule.required, (id) => {
      const other = this.#set.byId.get(id);
      return other === undefined ? [] : this.#detect(other, pass, true);
    });
  }

  #judge(
    rule: SecretRule,
    pattern: Pattern,
    { start, end }: Span,
    pass: Pass,
    globals: readonly Allowlist[],
    engine: Engine,
  ): RawLeak | null {
    const match = withoutOuterBreaks(pass.text.slice(start, end));
    const offset = this.#fragments[this.#fragment]?.start ?? 0;
    const shift = ({ start: from, end: to }: Span): Span => ({ start: from + offset, end: to + offset });
    const touching = pass.segments.filter((segment) => touches(segment.decoded, { start, end }));
    // Plain text was searched in the first pass.
    if (pass.segments.length > 0 && touching.length === 0) return null;
    const decoded = touching.length > 0;
    const whole = shift(
      decoded ? originalOf({ start, end }, touching) : { start, end: start + match.length },
    );
    const line = this.#lines.between(whole.start, whole.end);
    const commented = line.includes(ALLOW_COMMENT);
    const groups = pattern.groupsOf(match, engine);
    const secret = secretOf(rule, match, groups);
    if (secret === null) return null;
    if (rule.entropy !== 0 && entropyOf(secret) <= rule.entropy) return null;
    const target = decoded ? decodedLine(pass.text, touching) : line;
    const candidate = { secret, match, line: target };
    if (isFindingAllowed(candidate, this.#input, globals, engine)) return null;
    if (isFindingAllowed(candidate, this.#input, rule.allowlists, engine)) return null;
    const from = whole.start + pass.text.slice(start, end).indexOf(secret);
    const span = decoded ? whole : { start: from, end: from + secret.length };
    return {
      ruleId: rule.id,
      enforced: rule.enforced,
      secret,
      match,
      span,
      ...this.#gitleaksPlace(whole),
      decoded,
      commented,
    };
  }

  #placeAllowed(allowlists: readonly Allowlist[], engine: Engine): boolean {
    const known = this.#places.get(allowlists);
    if (known !== undefined) return known;
    const allowed = isPlaceAllowed(this.#input, allowlists, engine);
    this.#places.set(allowlists, allowed);
    return allowed;
  }

  /** A match that begins with a line end begins, for gitleaks, on the line after it. */
  #gitleaksPlace({ start, end }: Span): Pick<RawLeak, 'startLine' | 'endLine' | 'startColumn'> {
    const { text } = this.#input;
    const onBreak = text.charCodeAt(start) === 10;
    const { line } = this.#lines.positionOf(onBreak ? start + 1 : start);
    const before = onBreak ? start : text.lastIndexOf('\n', start - 1);
    const column = Buffer.byteLength(text.slice(Math.max(0, before), start)) + 1;
    return {
      startLine: line,
      endLine: this.#lines.positionOf(Math.max(start, end - 1)).line,
      startColumn: column,
    };
  }
}

/** Scans a text to its end, whatever time it takes. For texts that one trusts. */
export function scanText(set: RuleSet, input: ScanInput, options: ScanOptions): readonly RawLeak[] {
  const scan = new TextScan(set, input, options);
  scan.run();
  return scan.leaks;
}

function withoutOuterBreaks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) === 10) start += 1;
  while (end > start && text.charCodeAt(end - 1) === 10) end -= 1;
  return text.slice(start, end);
}

function keyOf(leak: RawLeak): string {
  return `${leak.ruleId} ${leak.span?.start ?? -1} ${leak.span?.end ?? -1}`;
}

function wholeFile(rule: SecretRule): RawLeak {
  return {
    ruleId: rule.id,
    enforced: rule.enforced,
    secret: '',
    match: '',
    span: null,
    startLine: 0,
    endLine: 0,
    startColumn: 0,
    decoded: false,
    commented: false,
  };
}

/** Null when the group that is asked for does not take part in the match. */
function secretOf(
  rule: SecretRule,
  match: string,
  groups: readonly (string | undefined)[] | null,
): string | null {
  if (groups === null || groups.length < 2) return match;
  if (rule.secretGroup > 0) return groups[rule.secretGroup] ?? (groups.length > rule.secretGroup ? '' : null);
  return groups.slice(1).find((group) => group !== undefined && group !== '') ?? match;
}

/** The line of a decoded text in which its decoded parts stand. */
function decodedLine(text: string, segments: readonly Segment[]): string {
  const start = Math.min(...segments.map((segment) => segment.decoded.start));
  const end = Math.max(...segments.map((segment) => segment.decoded.end));
  return new Lines(text).between(start, end);
}
