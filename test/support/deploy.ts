import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { Json } from '../../scripts/support/kubernetes-schema.ts';
import { parseCommandLine } from '../../src/commands/command-line.ts';
import { serveDefinition } from '../../src/commands/definitions.ts';
import { readServeOptions, type ServeOptions } from '../../src/commands/serve-options.ts';

const root = join(import.meta.dirname, '../..');
export const deploy = join(root, 'deploy');
export const chart = join(deploy, 'helm');
export const schemas = join(root, 'test/long/kubernetes/schemas');

/** An object of Kubernetes, as far as tests look at it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: Json;
  readonly data?: Readonly<Record<string, string>>;
}

/** The objects of a text; an error of YAML is thrown. */
export function objectsOf(text: string): readonly KubernetesObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const object = document.toJS() as KubernetesObject | null;
    return object === null ? [] : [object];
  });
}

/** The manifests of a directory of deploy/, by their file; policies.yaml is none. */
export function manifestsOf(name: string): readonly { readonly file: string; readonly text: string }[] {
  const directory = join(deploy, name);
  return readdirSync(directory)
    .filter((file) => file.endsWith('.yaml') && file !== 'policies.yaml')
    .map((file) => ({ file: join(directory, file), text: readFileSync(join(directory, file), 'utf8') }));
}

/** What is wrong with an object by the schema of its kind, but for `not` and `oneOf`: kubeconform knows these, zod does not. */
export function findingsOf({ apiVersion, kind, ...rest }: KubernetesObject): readonly string[] {
  const [group = '', version = group] = apiVersion.split('/');
  const file = join(schemas, `${group}_${kind.toLowerCase()}_${version}.json`);
  const known = JSON.parse(readFileSync(file, 'utf8'), (key, value) =>
    key === 'not' || key === 'oneOf' ? undefined : value,
  );
  const schema = z.fromJSONSchema(known);
  const result = schema.safeParse({ apiVersion, kind, ...rest });
  return (result.error?.issues ?? []).map(({ path, message }) => `${kind} ${path.join('.')}: ${message}`);
}

/** A container, as far as the restricted policy looks at it. */
export interface Container {
  readonly name: string;
  readonly args?: readonly string[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly securityContext?: Json;
  readonly [field: string]: unknown;
}

/** What `serve` makes of a container's arguments, with the variables of the image; wrong ones are an error. */
export function serveOptionsOf({ args = [] }: Container): ServeOptions {
  const image = readFileSync(join(root, 'Dockerfile'), 'utf8').matchAll(/^ENV (LAMBDA_EXT_PROC_\w+)=(\S+)$/gm);
  const env = Object.fromEntries([...image].map(([, name = '', value = '']) => [name, value]));
  return readServeOptions(parseCommandLine(serveDefinition, args, env));
}

/** Every container of this project in an object, wherever it is: by the name of its image. */
export function containersIn(value: unknown): readonly Container[] {
  if (typeof value !== 'object' || value === null) return [];
  const { image } = value as { readonly image?: unknown };
  const isOurs = typeof image === 'string' && image.includes('lambda-ext-proc');
  return isOurs ? [value as Container] : Object.values(value).flatMap(containersIn);
}
