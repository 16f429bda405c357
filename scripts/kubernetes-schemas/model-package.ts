import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** A type in the words of src/manifests/kubernetes/model-types.ts, or the fields of one that has no name of its own. */
export type PackageType =
  string | PackageModel | { readonly list: PackageType } | { readonly map: PackageType };

/** By field; `!` behind the name makes it required. */
export interface PackageModel {
  readonly fields: ReadonlyMap<string, PackageType>;
}

/** Holds the model of Kubernetes' own whose fields a model has besides, none of them required: an embedded Go struct. */
export const EMBEDDED = '...';

const GROUPS = /^(?!_schemas|node_modules|github\.com)[\w.-]+\.[\w.-]+$/;
/** Imported types that are no models: what they are instead. */
const SPECIAL: readonly [RegExp, string][] = [
  [/\/IntOrString$/, 'int-or-string'],
  [/\/Quantity$/, 'quantity'],
  [/\/(?:Time|MicroTime|Duration)$/, 'string'],
  [/\/(?:JSON|RawExtension|FieldsV1|JSONSchemaPropsOrBool)$/, 'any'],
  // Argo Workflows reads them by code of its own: numbers as texts, a list where its Go type is a struct, any map.
  [/\/(?:AnyString|Amount|Item|ParallelSteps|Plugin)\.js$/, 'any'],
];

/**
 * The kinds that a package of `@kubernetes-models` describes, by `group/version/Kind`. What they say of `status` is left
 * out: nobody writes that into a file.
 *
 * @param directory of the unpacked package
 */
export function readModelPackage(directory: string): ReadonlyMap<string, PackageModel> {
  const reader = new Reader();
  const kinds = new Map<string, PackageModel>();
  const folders = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const group of folders.map(({ name }) => name).filter((name) => GROUPS.test(name))) {
    for (const file of readdirSync(path.join(directory, group), { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.d.ts') || file.endsWith('index.d.ts')) continue;
      const kind = reader.kindIn(path.join(directory, group, file));
      if (kind !== null) kinds.set(kind.name, kind.model);
    }
  }
  return kinds;
}

interface Source {
  readonly file: string;
  readonly interfaces: ReadonlyMap<string, ts.InterfaceDeclaration>;
  readonly aliases: ReadonlyMap<string, ts.TypeNode>;
  /** Where imported names come from. */
  readonly imports: ReadonlyMap<string, string>;
}

class Reader {
  readonly #sources = new Map<string, Source>();
  readonly #models = new Map<ts.Node, PackageModel>();

  kindIn(file: string): { name: string; model: PackageModel } | null {
    const source = this.#open(file);
    for (const declaration of source.interfaces.values()) {
      const apiVersion = literalOf(declaration, 'apiVersion');
      const kind = literalOf(declaration, 'kind');
      if (apiVersion === null || kind === null || kind.endsWith('List')) continue;
      const fields = new Map(this.#model(declaration, source).fields);
      for (const name of ['status', 'apiVersion', 'kind', 'metadata']) {
        fields.delete(name);
        fields.delete(`${name}!`);
      }
      return { name: `${apiVersion}/${kind}`, model: { fields } };
    }
    return null;
  }

  #open(file: string): Source {
    let source = this.#sources.get(file);
    if (source === undefined) {
      source = parse(file);
      this.#sources.set(file, source);
    }
    return source;
  }

  #model(declaration: ts.InterfaceDeclaration | ts.TypeLiteralNode, source: Source): PackageModel {
    let model = this.#models.get(declaration);
    if (model === undefined) {
      const fields = new Map<string, PackageType>();
      model = { fields };
      this.#models.set(declaration, model);
      for (const parent of this.#parents(declaration, source)) {
        if (typeof parent !== 'string') for (const [name, type] of parent.fields) fields.set(name, type);
        // `TypeMeta` is no model of the catalogue.
        else if (parent.startsWith('@')) fields.set(EMBEDDED, parent);
      }
      const embedded =
        ts.isInterfaceDeclaration(declaration) &&
        ['apiVersion', 'kind'].every((field) => literalOf(declaration, field) !== null);
      for (const member of declaration.members) {
        if (!ts.isPropertySignature(member) || member.type === undefined) continue;
        const name = nameOf(member);
        // An object within another one need not say what it is, and may say it in its own words.
        if (embedded && (name === 'apiVersion' || name === 'kind')) fields.set(name, 'string');
        else
          fields.set(member.questionToken === undefined ? `${name}!` : name, this.#type(member.type, source));
      }
    }
    return model;
  }

  #parents(
    declaration: ts.InterfaceDeclaration | ts.TypeLiteralNode,
    source: Source,
  ): (PackageModel | string)[] {
    if (!ts.isInterfaceDeclaration(declaration)) return [];
    return (declaration.heritageClauses ?? [])
      .flatMap((clause) => [...clause.types])
      .flatMap(({ expression }) => {
        const parent = this.#named(expression.getText(), source);
        return typeof parent === 'string' || 'fields' in parent ? [parent] : [];
      });
  }

  #type(node: ts.TypeNode, source: Source): PackageType {
    if (ts.isParenthesizedTypeNode(node)) return this.#type(node.type, source);
    if (ts.isIntersectionTypeNode(node)) return this.#intersection(node, source);
    if (ts.isUnionTypeNode(node)) return unionOf(node);
    if (ts.isLiteralTypeNode(node)) return literalType(node);
    if (ts.isArrayTypeNode(node)) return { list: this.#type(node.elementType, source) };
    if (ts.isTypeLiteralNode(node)) return this.#literal(node, source);
    if (ts.isIndexedAccessTypeNode(node)) return this.#indexed(node, source);
    if (ts.isTypeReferenceNode(node)) return this.#reference(node, source);
    switch (node.kind) {
      case ts.SyntaxKind.StringKeyword:
        return 'string';
      case ts.SyntaxKind.NumberKeyword:
        return 'number';
      case ts.SyntaxKind.BooleanKeyword:
        return 'boolean';
      default:
        return 'any';
    }
  }

  /** Fields of all parts. What only excludes some combinations of them is left out. */
  #intersection(node: ts.IntersectionTypeNode, source: Source): PackageType {
    const parts = node.types
      .filter((type) => !ts.isParenthesizedTypeNode(type))
      .map((type) => this.#type(type, source));
    const models = parts.filter((part) => typeof part !== 'string' && 'fields' in part);
    if (models.length === 0) return parts[0] ?? 'any';
    return { fields: new Map(models.flatMap(({ fields }) => [...fields])) };
  }

  #literal(node: ts.TypeLiteralNode, source: Source): PackageType {
    const [only] = node.members;
    if (only === undefined) return 'any';
    if (ts.isIndexSignatureDeclaration(only)) return { map: this.#type(only.type, source) };
    return this.#model(node, source);
  }

  /** `ISidecar["metadata"]`: the type of another interface's field. */
  #indexed(node: ts.IndexedAccessTypeNode, source: Source): PackageType {
    const { objectType, indexType } = node;
    if (!ts.isTypeReferenceNode(objectType) || !ts.isLiteralTypeNode(indexType)) return 'any';
    const target = this.#reference(objectType, source);
    const name = ts.isStringLiteral(indexType.literal) ? indexType.literal.text : '';
    if (typeof target === 'string' || !('fields' in target)) return 'any';
    return target.fields.get(name) ?? target.fields.get(`${name}!`) ?? 'any';
  }

  #reference(node: ts.TypeReferenceNode, source: Source): PackageType {
    const name = node.typeName.getText();
    const [argument] = node.typeArguments ?? [];
    if (name === 'Array' && argument !== undefined) return { list: this.#type(argument, source) };
    return this.#named(name, source);
  }

  #named(name: string, source: Source): PackageType {
    const own = source.interfaces.get(name);
    if (own !== undefined) return this.#model(own, source);
    const alias = source.aliases.get(name);
    if (alias !== undefined) return this.#type(alias, source);
    const from = source.imports.get(name);
    return from === undefined ? 'any' : this.#imported(from, source);
  }

  #imported(from: string, source: Source): PackageType {
    const special = SPECIAL.find(([pattern]) => pattern.test(from));
    if (special !== undefined) return special[1];
    if (!from.startsWith('.')) return builtIn(from);
    const target = this.#open(path.resolve(path.dirname(source.file), from.replace(/\.js$/, '.d.ts')));
    const [declaration] = target.interfaces.values();
    if (declaration !== undefined) return this.#model(declaration, target);
    const [alias] = target.aliases.values();
    return alias === undefined ? 'any' : this.#type(alias, target);
  }
}

/** `kubernetes-models/apps/v1/DaemonSetSpec` is the catalogue's model `V1DaemonSetSpec`. */
function builtIn(from: string): string {
  if (!/^(?:kubernetes-models|@kubernetes-models\/apimachinery)\//.test(from)) return 'any';
  const parts = from.split('/');
  const name = parts.at(-1) ?? '';
  const version = parts.at(-2) ?? '';
  return `@${version.charAt(0).toUpperCase()}${version.slice(1)}${name}`;
}

function parse(file: string): Source {
  const tree = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const interfaces = new Map<string, ts.InterfaceDeclaration>();
  const aliases = new Map<string, ts.TypeNode>();
  const imports = new Map<string, string>();
  for (const statement of tree.statements) {
    if (ts.isInterfaceDeclaration(statement)) interfaces.set(statement.name.text, statement);
    if (ts.isTypeAliasDeclaration(statement)) aliases.set(statement.name.text, statement.type);
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const bindings = statement.importClause?.namedBindings;
    if (bindings === undefined || !ts.isNamedImports(bindings)) continue;
    for (const element of bindings.elements) imports.set(element.name.text, statement.moduleSpecifier.text);
  }
  return { file, interfaces, aliases, imports };
}

function literalOf(declaration: ts.InterfaceDeclaration, field: string): string | null {
  for (const member of declaration.members) {
    if (!ts.isPropertySignature(member) || nameOf(member) !== field) continue;
    const { type } = member;
    if (type !== undefined && ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal))
      return type.literal.text;
  }
  return null;
}

function nameOf(member: ts.PropertySignature): string {
  return ts.isStringLiteral(member.name) ? member.name.text : member.name.getText();
}

function unionOf(node: ts.UnionTypeNode): string {
  const texts = node.types.map((type) =>
    ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal) ? type.literal.text : null,
  );
  if (texts.every((text) => text !== null)) return texts.map((text) => `=${text}`).join('|');
  const kinds = new Set(node.types.map((type) => type.kind));
  const isText = kinds.has(ts.SyntaxKind.StringKeyword);
  const isNumber = kinds.has(ts.SyntaxKind.NumberKeyword);
  if (isText && isNumber) return 'int-or-string';
  return node.types.every((type) => literalType(type) === 'number') ? 'number' : 'any';
}

function literalType(node: ts.TypeNode): string {
  if (!ts.isLiteralTypeNode(node)) return 'any';
  if (ts.isStringLiteral(node.literal)) return `=${node.literal.text}`;
  return ts.isNumericLiteral(node.literal) ? 'number' : 'any';
}
