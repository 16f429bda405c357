import type { PackageModel, PackageType } from './model-package.ts';

/** Models by number. */
export class ModelTable {
  readonly #numbers = new Map<PackageModel, number>();
  readonly #models: PackageModel[] = [];

  add(model: PackageModel): number {
    const known = this.#numbers.get(model);
    if (known !== undefined) return known;
    const number = this.#models.length;
    this.#numbers.set(model, number);
    this.#models.push(model);
    for (const type of model.fields.values()) this.#write(type);
    return number;
  }

  lines(): string[] {
    return this.#models.map(({ fields }) =>
      JSON.stringify(
        Object.fromEntries(
          [...fields]
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, type]) => [
              name.replace(/!$/, ''),
              this.#write(type) + (name.endsWith('!') ? '!' : ''),
            ]),
        ),
      ),
    );
  }

  #write(type: PackageType): string {
    if (typeof type === 'string') return type;
    if ('list' in type) return `[]${this.#write(type.list)}`;
    if ('map' in type) return `{}${this.#write(type.map)}`;
    return `#${String(this.add(type))}`;
  }
}
