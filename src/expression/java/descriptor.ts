import { boxResult, unboxArgument } from './boxing.ts';
import { JavaException } from './java-exception.ts';

/** What methods and constructors need from outside; tests pass their own. */
export interface JavaEnvironment {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Nanoseconds of a clock that only moves forward. */
  nanoTime(): bigint;
  /** From 0 up to 1. */
  random(): number;
  /** A random UUID as text. */
  uuid(): string;
  /** Charges work whose size is known only while it runs, in steps of about a microsecond; throws if there are too many. */
  step(count: number): void;
}

/** One method or constructor that expressions may call. */
export interface Signature {
  readonly name: string;
  /** Java's names: primitives as they are, arrays as `byte[]`, classes in full. */
  readonly parameters: readonly string[];
  /** The last parameter is an array that takes all further arguments. */
  readonly varargs: boolean;
  readonly isStatic: boolean;
  /** Arguments as values of the language, already converted to the parameters; variable ones as one array. */
  invoke(target: unknown, args: readonly unknown[], environment: JavaEnvironment): unknown;
}

/** The part of a class that expressions can use. */
export interface JavaType {
  readonly name: string;
  /** Superclass and interfaces in full, nearest first, without Object. */
  readonly supertypes: readonly string[];
  readonly constructors: readonly Signature[];
  readonly methods: readonly Signature[];
  /** Readable without a call: getters and methods without arguments that the original also reads as properties. */
  readonly properties: ReadonlyMap<string, (target: unknown, environment: JavaEnvironment) => unknown>;
  readonly constants: ReadonlyMap<string, unknown>;
}

type Handler = (...args: never[]) => unknown;

/** `name(type,type...):result` → what it does; `@` before the name hands the environment in first. */
export type Handlers = Readonly<Record<string, Handler>>;

export interface TypeSource {
  readonly supertypes?: readonly string[];
  readonly constructors?: Handlers;
  readonly statics?: Handlers;
  readonly methods?: Handlers;
  /** `name:result`, as methods without their parentheses: getters outside the list of methods. */
  readonly properties?: Handlers;
  readonly constants?: Readonly<Record<string, unknown>>;
  /** From the value to what the handlers take as their first argument; by default the value itself. */
  readonly unwrap?: (target: never) => unknown;
}

const SHAPE = /^(@?)([A-Za-z0-9_]*)(?:\(([^)]*)\))?(?::([A-Za-z0-9.$]+(?:\[\])?))?$/;

/** Builds a class from its table. A mistake in a table is a bug of this project and fails when the process starts. */
export function defineType(name: string, source: TypeSource): JavaType {
  const unwrap = (source.unwrap ?? ((target: unknown) => target)) as (target: unknown) => unknown;
  const build = (handlers: Handlers | undefined, isStatic: boolean) =>
    Object.entries(handlers ?? {}).map(([text, handler]) => signature(text, handler, isStatic, unwrap));
  const methods = [...build(source.methods, false), ...build(source.statics, true)];
  const properties = new Map<string, (target: unknown, environment: JavaEnvironment) => unknown>();
  const readable = [
    ...methods.filter((method) => !method.isStatic && method.parameters.length === 0),
    ...build(source.properties, false),
  ];
  for (const method of readable) {
    const read = (target: unknown, environment: JavaEnvironment) => method.invoke(target, [], environment);
    if (!properties.has(method.name)) properties.set(method.name, read);
    const getter = /^(?:get|is)([A-Z].*)$/.exec(method.name)?.[1];
    if (getter !== undefined) properties.set(decapitalised(getter), read);
  }
  return {
    name,
    supertypes: (source.supertypes ?? []).map(fullName),
    constructors: build(source.constructors, true),
    methods,
    properties,
    constants: new Map(Object.entries(source.constants ?? {})),
  };
}

/** getURL is the property URL, getName the property name. */
const decapitalised = (name: string) => (/^[A-Z]{2}/.test(name) ? name : name.charAt(0).toLowerCase() + name.slice(1));

function signature(text: string, handler: Handler, isStatic: boolean, unwrap: (target: unknown) => unknown): Signature {
  const match = SHAPE.exec(text);
  if (match === null) throw new Error(`not a signature: ${text}`);
  const [, environmental, name = '', list = '', result = 'Object'] = match;
  const varargs = list.endsWith('...');
  const resultType = result.endsWith('[]') ? fullName(result) : result;
  const parameters = list === '' ? [] : list.replace('...', '[]').split(',').map(fullName);
  const call = handler as unknown as (...args: unknown[]) => unknown;
  return {
    name,
    parameters,
    varargs,
    isStatic,
    invoke(target, args, environment) {
      const given = args.map((argument, index) => unboxArgument(argument, parameters[index] ?? 'java.lang.Object'));
      if (!isStatic) given.unshift(unwrap(target));
      if (environmental !== '') given.unshift(environment);
      return boxResult(guarded(call, given), resultType);
    },
  };
}

/** Cases beyond this folder's limits that hit JavaScript's own (a text, a bigint, the stack) end in the same error. */
function guarded(call: (...args: unknown[]) => unknown, args: readonly unknown[]): unknown {
  try {
    return call(...args);
  } catch (error) {
    // Where Java would dereference the null too.
    if (error instanceof TypeError && args.includes(null))
      throw new JavaException('NullPointerException', 'an argument is null');
    if (error instanceof RangeError) throw new JavaException('OutOfMemoryError', 'the result is too large');
    throw error;
  }
}

const PACKAGES: Readonly<Record<string, string>> = {
  'java.lang':
    'Object String CharSequence Integer Long Short Byte Double Float Character Boolean Iterable Comparable Number',
  'java.math': 'BigDecimal BigInteger MathContext RoundingMode',
  'java.nio.charset': 'Charset',
  'java.text': 'Format DateFormat NumberFormat DecimalFormatSymbols',
  'java.time':
    'LocalDate LocalTime LocalDateTime ZonedDateTime OffsetDateTime ZoneId ZoneOffset Instant Month DayOfWeek Period Duration',
  'java.time.chrono': 'ChronoLocalDate ChronoLocalDateTime ChronoZonedDateTime',
  'java.time.format': 'DateTimeFormatter FormatStyle ResolverStyle',
  'java.time.temporal':
    'TemporalUnit TemporalField TemporalAmount TemporalAdjuster TemporalAccessor Temporal ChronoUnit ChronoField',
  'java.util':
    'Date Calendar Locale TimeZone List Collection Comparator Map Set Deque UUID Base64$Encoder Base64$Decoder',
};

const FULL_NAMES = new Map(
  Object.entries(PACKAGES).flatMap(([prefix, names]) =>
    names.split(' ').map((name): [string, string] => [name, `${prefix}.${name}`]),
  ),
);

function fullName(type: string): string {
  const simple = type.replace('[]', '');
  if (simple.includes('.') || /^[a-z]+$/.test(simple)) return type;
  const full = FULL_NAMES.get(simple);
  if (full === undefined) throw new Error(`unknown type in a table: ${type}`);
  return full + type.slice(simple.length);
}
