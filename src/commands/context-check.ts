import { closest } from '../closest.ts';

/** What is wrong with a context: it cannot be used, or it can though something else was probably meant. */
export interface ContextFindings {
  /** Each names its place, as `request.headrs`. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

type Check = (value: unknown, place: string, errors: string[]) => void;

const any: Check = () => undefined;

const pairs: Check = (value, place, errors) => {
  if (value === undefined || value === null) return;
  const entries = Array.isArray(value) ? value : isObject(value) ? Object.entries(value) : undefined;
  if (entries === undefined) {
    errors.push(`${place} must be an object, {"name": "value"}, or a list of pairs, [["name", "value"]]`);
    return;
  }
  for (const entry of entries) {
    const [name, values] = Array.isArray(entry) && entry.length === 2 ? entry : [];
    // A pair has one value; in an object a name may have several.
    const list: unknown[] = Array.isArray(values) && !Array.isArray(value) ? values : [values];
    if (typeof name === 'string' && list.every(isScalar)) continue;
    errors.push(
      Array.isArray(value)
        ? `${place} has a pair that is not ["name", "value"]: ${JSON.stringify(entry)?.slice(0, 80)}`
        : `${place}.${String(name)} must be a text or a list of texts`,
    );
  }
};

const namespaces: Check = (value, place, errors) => {
  if (value === undefined || value === null) return;
  const isRight = isObject(value) && Object.values(value).every(isObject);
  if (!isRight) errors.push(`${place} must be an object of objects, {"namespace": {"key": …}}`);
};

/** The keys of each object that has a meaning of its own. */
const SHAPES: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  request: {
    ...keys('id transactionId uri path contextPath pathInfo method scheme host version timestamp'),
    ...keys('remoteAddress localAddress content'),
    headers: pairs,
    params: pairs,
    pathParams: pairs,
    ssl: objectOf(keys('clientHost clientPort client server')),
    metadata: namespaces,
  },
  response: { ...keys('status content'), headers: pairs },
  lambdaResponse: { ...keys('status content'), headers: pairs },
  context: keys('attributes'),
  api: keys('id name version properties'),
  node: keys('id version tenant zone shardingTags'),
  error: keys('statusCode key message parameters'),
};

/** Keys with a meaning of their own; `about` is a comment, all others are plain variables. */
export const CONTEXT_ROOTS: ReadonlySet<string> = new Set(['about', ...Object.keys(SHAPES)]);

/** Looks for keys that nothing reads, and for values of the wrong shape. */
export function checkContext(data: unknown): ContextFindings {
  const errors: string[] = [];
  const warnings: string[] = [];
  if (!isObject(data)) return { errors: ['a context is an object, such as {"request": {…}}'], warnings };
  for (const [name, value] of Object.entries(data)) {
    const shape = Object.hasOwn(SHAPES, name) ? SHAPES[name] : undefined;
    if (shape !== undefined) objectOf(shape)(value, name, errors);
    else if (name !== 'about') {
      const meant = closest(name, Object.keys(SHAPES));
      if (meant !== undefined) warnings.push(`${name} is taken as a variable; did you mean ${meant}?`);
    }
  }
  return { errors, warnings };
}

function objectOf(shape: Readonly<Record<string, Check>>): Check {
  return (value, place, errors) => {
    if (value === undefined || value === null) return;
    if (!isObject(value)) {
      errors.push(`${place} must be an object with ${Object.keys(shape).join(', ')}`);
      return;
    }
    for (const [name, field] of Object.entries(value)) {
      const check = Object.hasOwn(shape, name) ? shape[name] : undefined;
      if (check === undefined) errors.push(unknownKey(place, name, Object.keys(shape)));
      else check(field, `${place}.${name}`, errors);
    }
  };
}

/** What other tools call them. */
const OTHER_NAMES: Readonly<Record<string, string>> = { body: 'content', query: 'params', url: 'uri', code: 'status' };

function unknownKey(place: string, name: string, known: readonly string[]): string {
  const other = Object.hasOwn(OTHER_NAMES, name) ? OTHER_NAMES[name] : undefined;
  const meant = closest(name, known) ?? known.find((key) => key === other);
  const hint = meant === undefined ? `${place} has ${known.join(', ')}` : `did you mean ${meant}?`;
  return `unknown key ${place}.${name}; ${hint}`;
}

function keys(names: string): Readonly<Record<string, Check>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, any]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
