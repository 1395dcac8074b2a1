/**
 * The protobufjs package. It is loaded by the first schema: importing it takes 40 ms, which those who never use Protobuf should
 * not pay at every start, and formats are synchronous, so that `import()` will not do.
 */
import { createRequire } from 'node:module';

/** The part of the package in use: parsing into reflection objects. No code is generated. */
export interface ProtobufLibrary {
  parse(
    text: string,
    root: LibraryRoot,
    options: { readonly keepCase: boolean },
  ): {
    readonly package: string | undefined;
    readonly imports: readonly string[] | undefined;
    readonly weakImports: readonly string[] | undefined;
  };
  readonly Root: new () => LibraryRoot;
  readonly Type: new (...args: never) => LibraryType;
  readonly Enum: new (...args: never) => LibraryEnum;
  readonly common: { get(file: string): { readonly nested: unknown } | null };
}
export interface LibraryNamespace {
  readonly name: string;
  readonly fullName: string;
  readonly nestedArray: readonly LibraryNamespace[];
}
export interface LibraryRoot extends LibraryNamespace {
  resolveAll(): void;
  addJSON(nested: unknown): void;
  lookup(name: string): LibraryNamespace | null;
}
export interface LibraryType extends LibraryNamespace {
  readonly fieldsArray: readonly LibraryField[];
}
export interface LibraryEnum extends LibraryNamespace {
  readonly valuesById: Readonly<Record<number, string>>;
  readonly values: Readonly<Record<string, number>>;
}
export interface LibraryField {
  readonly name: string;
  readonly id: number;
  readonly type: string;
  /** Of a map only. */
  readonly keyType?: string;
  readonly map: boolean;
  readonly repeated: boolean;
  readonly hasPresence: boolean;
  readonly resolvedType: LibraryNamespace | null;
  readonly partOf: { readonly name: string; readonly isProto3Optional: boolean } | null;
  readonly parsedOptions: readonly Readonly<Record<string, unknown>>[] | null;
}

let loaded: ProtobufLibrary | null = null;

export function protobufLibrary(): ProtobufLibrary {
  loaded ??= createRequire(import.meta.url)('protobufjs') as ProtobufLibrary;
  return loaded;
}
