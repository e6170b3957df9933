/** One sample of `perf script`: the thread's name, and its frames from the innermost out. */
export interface StackSample {
  readonly thread: string;
  readonly frames: readonly string[];
}

/** Reads what `perf script -F comm,ip,sym,dso` prints. */
export function* readStacks(text: string): Generator<StackSample> {
  for (const block of text.split('\n\n')) {
    const [head = '', ...lines] = block.split('\n').filter((line) => line.trim() !== '');
    const frames = lines.flatMap((line) => {
      const { symbol, object } = /^\s*[0-9a-f]+ (?<symbol>.*) \((?<object>[^)]*)\)$/.exec(line)?.groups ?? {};
      if (symbol === undefined) return [];
      return [object === '[kernel.kallsyms]' ? `kernel ${symbol}` : symbol];
    });
    if (frames.length > 0) yield { thread: head.trim(), frames };
  }
}

/** Work of V8 and the kernel, whichever code caused it. The first pattern that matches one of the frames decides. */
const below: readonly (readonly [string, RegExp])[] = [
  ['garbage collection', /CollectGarbage|Scaveng|IncrementalMarking|ConcurrentMarking|Sweeper|MarkCompact|Evacuat/],
  ['compiling JavaScript', /Compiler::|compiler::|maglev::|baseline::|Deoptimizer|CompilationJob|TieringManager/],
  ['write system calls', /^kernel .*(?:sys_write|sys_sendto|sys_sendmsg|do_writev|sock_write_iter)/],
  ['other system calls', /^kernel /],
];

/** Parts by the innermost JavaScript frame. */
const modules: readonly (readonly [string, RegExp])[] = [
  ['protobufjs', /node_modules\/(?:protobufjs|@protobufjs|long|@grpc\/proto-loader)\/|^JS:\W*[A-Z]\w*\$\w+ /],
  ['grpc-js', /node_modules\/@grpc\/grpc-js\//],
  ['undici', /node_modules\/undici\/|^JS:wasm/],
  ['pino', /node_modules\/(?:pino|sonic-boom|quick-format-unescaped)[\w-]*\//],
  ['prom-client', /node_modules\/prom-client\//],
  ['other packages', /node_modules\//],
  ['node:http2', /node:(?:internal\/)?http2/],
  ['node:crypto', /node:(?:internal\/)?crypto/],
  ['streams, timers, promises and events of Node', /node:/],
  ['own: messages from and to Envoy', /\/dist\/(?:ext-proc|server)\//],
  ['own: policies and expressions', /\/dist\/(?:policy|expression|formats)\//],
  ['own: invocation', /\/dist\/lambda\//],
  ['own: metrics, logs, traces', /\/dist\/(?:observability|tracing)\//],
  ['own: other', /\/dist\//],
];

export const OTHER = 'HTTP/2, sockets and JavaScript itself, in C++';

/** Which part of the table a sample belongs to. */
export function partOf({ frames }: StackSample): string {
  for (const [part, pattern] of below) if (frames.some((frame) => pattern.test(frame))) return part;
  for (const frame of frames) {
    if (!frame.startsWith('JS:') && !/^(?:RegExp|Script|Function):/.test(frame)) continue;
    for (const [part, pattern] of modules) if (pattern.test(frame)) return part;
  }
  return OTHER;
}

/** Shares of all samples by part, the largest first; they add up to 1. */
export function sharesOf(samples: Iterable<StackSample>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  let all = 0;
  for (const sample of samples) {
    const part = partOf(sample);
    counts.set(part, (counts.get(part) ?? 0) + 1);
    all++;
  }
  return new Map([...counts].sort(([, a], [, b]) => b - a).map(([part, count]) => [part, count / all]));
}
