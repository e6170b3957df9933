import type { DocumentPath, Problem } from '../../problem.ts';
import type { Source } from '../../source/index.ts';
import type { Dialect } from './dialect.ts';
import { fieldPath, labelOf, type Manifest } from './manifests.ts';

/** The origin of a part of the configuration that a control plane generates from objects. */
export interface Origin {
  readonly manifest: Manifest;
  /** The path in the object. */
  readonly path: DocumentPath;
  readonly dialect: Dialect;
  /** The object that would determine this part and is not in the text: the part has the control plane's defaults. */
  readonly unless?: string | undefined;
}

/** A value with its origin: an item of the trees that `lay` takes. */
class Part {
  readonly value: unknown;
  readonly origin: Origin;

  constructor(value: unknown, origin: Origin) {
    this.value = value;
    this.origin = origin;
  }
}

export function from(origin: Origin, value: unknown): unknown {
  return new Part(value, origin);
}

/** The Envoy configuration that results from objects. Its places are those in the objects. */
export interface Laid {
  readonly source: Source;
  /** A problem as reported for the object. */
  rephrase(problem: Problem, path: DocumentPath): Problem;
}

export function lay(tree: unknown): Laid {
  const origins = new Map<string, Origin>();
  const data = unwrap(tree, [], origins);
  const find = (path: DocumentPath): { origin: Origin; own: DocumentPath } => {
    for (let length = path.length; length >= 0; length--) {
      const origin = origins.get(keyOf(path.slice(0, length)));
      if (origin !== undefined) {
        return { origin, own: [...origin.path, ...origin.dialect.fieldOf(path.slice(length))] };
      }
    }
    throw new Error('a configuration is laid upon at least one object');
  };
  const inObject = (path: DocumentPath): { source: Source; at: DocumentPath } => {
    const { origin, own } = find(path);
    return { source: origin.manifest.source, at: [...origin.manifest.node.path, ...own] };
  };
  return {
    source: {
      data,
      locate(path, part) {
        const { source, at } = inObject(path);
        return source.locate(at, part);
      },
      locateInText(path, offset) {
        const { source, at } = inObject(path);
        return source.locateInText(at, offset);
      },
      isUnwritten(path) {
        const { source, at } = inObject(path);
        return source.isUnwritten(at);
      },
      numberText(path) {
        const { source, at } = inObject(path);
        return source.numberText(at);
      },
    },
    rephrase(problem, path) {
      const { origin, own } = find(path);
      const { dialect, manifest, unless } = origin;
      const field = fieldPath(own);
      const message = dialect.rephrase(problem.message);
      const place = { file: manifest.fileName, path: field, subject: `${labelOf(manifest)}: ${field}` };
      const told = { ...problem, ...place, message };
      if (unless === undefined) return told;
      return {
        ...told,
        severity: 'warning',
        message: `${message} (unless ${unless} that is not in the files sets it)`,
      };
    },
  };
}

function unwrap(value: unknown, path: DocumentPath, origins: Map<string, Origin>): unknown {
  if (value instanceof Part) {
    origins.set(keyOf(path), value.origin);
    return unwrap(value.value, path, origins);
  }
  if (Array.isArray(value)) return value.map((item, index) => unwrap(item, [...path, index], origins));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, unwrap(item, [...path, key], origins)]));
}

function keyOf(path: DocumentPath): string {
  return JSON.stringify(path);
}
