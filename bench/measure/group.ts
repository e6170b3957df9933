import type { BenchCase } from '../cases.ts';
import type { LoadGenerator, LoadOrder, LoadOutcome } from '../parts/load.ts';
import type { StartedServer, Subject } from '../subjects/subject.ts';
import { type ProcessUsage, processTree, processUsage } from './process-usage.ts';
import { type Histogram, merge, quantile } from './statistics.ts';

/** A subject and a case. */
export interface Member {
  readonly subject: Subject;
  readonly benchCase: BenchCase;
  /** Whether the time directly after the start is also measured. */
  readonly cold: boolean;
}

export interface Plan {
  /** Length of each of the two phases after the first request; always 2 for published figures. */
  readonly coldSeconds: number;
  /** How often all servers are restarted: two processes of one program differ more than two rounds of one process. */
  readonly blocks: number;
  /** Rounds of each member in a block. */
  readonly rounds: number;
  /** How long a member is under load in a round, in slices that alternate with those of the other members. */
  readonly roundSeconds: number;
  /** Short, so that a disturbance of one second affects all members equally. */
  readonly sliceSeconds: number;
  /**
   * Minimum for each member between the cold phases and the first round: V8 compiles code after a number of runs, not after a time. They
   * are sent in slices too, because otherwise the first rounds would have to undo what V8 does while a server waits.
   */
  readonly warmRequests: number;
  /** Limit for each member: with large bodies or on slow machines these requests would take minutes. */
  readonly warmSeconds: number;
  /** Rounds with each further number of connections, in a block. */
  readonly furtherRounds: number;
}

export interface Round {
  readonly requests: number;
  readonly failures: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly perSecond: number;
  readonly times: Histogram;
  /** CPU time of all processes of the server per request; NaN if there is no server, only Envoy. */
  readonly serverMicros: number;
  readonly envoyMicros: number;
  /** RSS of all processes of the server at the end of the round, and of the largest process. */
  readonly rssMiB: number;
  readonly largestMiB: number;
  /** The cores that the load generator used. */
  readonly loadCores: number;
}

/** Measurements directly after the server has printed that it is ready. */
export interface Cold {
  /** The very first request, with Envoy's connection to the server. */
  readonly firstMs: number;
  readonly first: Round;
  readonly next: Round;
}

export interface Measured {
  readonly member: Member;
  readonly cold: readonly Cold[];
  /** By number of connections, in the order of measuring: round N of one member was measured together with round N of the others. */
  readonly rounds: ReadonlyMap<number, readonly Round[]>;
}

export interface GroupContext {
  readonly load: LoadGenerator;
  /** `http://127.0.0.1:PORT` of Envoy. */
  readonly url: string;
  readonly envoyPid: number;
  progress(text: string): void;
}

interface Running {
  readonly member: Member;
  readonly server: StartedServer;
  readonly order: Omit<LoadOrder, 'seconds' | 'requests' | 'connections'>;
}

/** Measures members together: in each round they alternate in short slices, A B C, C B A, A B C … */
export async function measureGroup(
  members: readonly Member[],
  plan: Plan,
  context: GroupContext,
): Promise<readonly Measured[]> {
  const results = members.map((member) => ({ member, cold: [] as Cold[], rounds: new Map<number, Round[]>() }));
  const resultOf = new Map(results.map((result) => [result.member, result]));
  for (let block = 0; block < plan.blocks; block++) {
    const running: Running[] = [];
    try {
      for (const member of inTurn(members, block)) {
        context.progress(`${member.benchCase.name}: ${member.subject.name} ${block + 1}/${plan.blocks}`);
        const server = await member.subject.start(member.benchCase);
        const one = { member, server, order: orderFor(member, context.url) };
        running.push(one);
        const firstMs = await firstRequest(one, context);
        if (member.cold) resultOf.get(member)?.cold.push(await measureCold(one, firstMs, plan, context));
      }
      await warmUp(running, plan, context);
      await takeTurns(inTurn(running, block), plan, context, (member, connections, round) => {
        const rounds = resultOf.get(member)?.rounds;
        rounds?.set(connections, [...(rounds.get(connections) ?? []), round]);
      });
    } finally {
      await Promise.all(running.map(({ server }) => server.stop()));
    }
  }
  return results;
}

function inTurn<T>(items: readonly T[], turn: number): readonly T[] {
  return turn % 2 === 0 ? items : items.toReversed();
}

/** The request of a case. */
export function orderFor({ subject, benchCase }: Member, url: string): Running['order'] {
  const { method, headers = {}, body = '' } = benchCase.request;
  return {
    url: `${url}/${subject.name}/orders/7?expand=lines`,
    method,
    headers: { ...callerHeaders, ...headers },
    body,
    expectBytes: benchCase.expectBytes,
  };
}

/** As many headers as a browser or a client library sends. */
const callerHeaders = {
  'user-agent': 'curl/8.5.0',
  accept: '*/*',
  'accept-encoding': 'gzip',
  cookie: 'sid=abc123; theme=dark',
  authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.',
};

async function firstRequest({ member, order }: Running, { load }: GroupContext): Promise<number> {
  const { failures, reasons, times } = await load.run({ ...order, connections: 1, requests: 1 });
  if (failures === 0) return quantile(times, 1);
  const { subject, benchCase } = member;
  throw new Error(`${subject.name} fails at the first request of "${benchCase.name}": ${JSON.stringify(reasons)}`);
}

async function measureCold(running: Running, firstMs: number, plan: Plan, context: GroupContext): Promise<Cold> {
  const connections = mainConnections(running.member);
  const first = sumUp([await measureSlice(running, connections, plan.coldSeconds, context)]);
  const next = sumUp([await measureSlice(running, connections, plan.coldSeconds, context)]);
  return { firstMs, first, next };
}

async function warmUp(running: readonly Running[], plan: Plan, { load }: GroupContext): Promise<void> {
  const done = running.map(() => 0);
  const slices = Math.ceil(plan.warmSeconds / plan.sliceSeconds);
  for (let slice = 0; slice < slices && done.some((count) => count < plan.warmRequests); slice++) {
    for (const one of inTurn(running, slice)) {
      const connections = mainConnections(one.member);
      const outcome = await load.run({ ...one.order, connections, seconds: plan.sliceSeconds });
      const index = running.indexOf(one);
      done[index] = (done[index] ?? 0) + outcome.requests;
    }
  }
}

async function takeTurns(
  running: readonly Running[],
  plan: Plan,
  context: GroupContext,
  record: (member: Member, connections: number, round: Round) => void,
): Promise<void> {
  const rounds = async (connectionsOf: (member: Member) => number | undefined, count: number): Promise<void> => {
    const taking = running.flatMap((one) => {
      const connections = connectionsOf(one.member);
      return connections === undefined ? [] : [{ one, connections, slices: [] as Slice[] }];
    });
    for (let round = 0; round < count; round++) {
      for (let slice = 0; slice < Math.round(plan.roundSeconds / plan.sliceSeconds); slice++) {
        for (const { one, connections, slices } of inTurn(taking, slice + round)) {
          slices.push(await measureSlice(one, connections, plan.sliceSeconds, context));
        }
      }
      for (const { one, connections, slices } of taking) record(one.member, connections, sumUp(slices.splice(0)));
    }
  };
  await rounds(mainConnections, plan.rounds);
  const further = new Set(running.flatMap(({ member }) => member.benchCase.connections.slice(1)));
  for (const connections of further) {
    const ifListed = ({ benchCase }: Member) => (benchCase.connections.includes(connections) ? connections : undefined);
    await rounds(ifListed, plan.furtherRounds);
  }
}

function mainConnections({ benchCase }: Member): number {
  return benchCase.connections[0] ?? 1;
}

/** Counts from the time when one member was under load. */
interface Slice {
  readonly outcome: LoadOutcome;
  /** Undefined if there is no server, only Envoy. */
  readonly serverMicros: number | undefined;
  readonly envoyMicros: number;
  readonly after: readonly ProcessUsage[];
}

async function measureSlice(
  { server, order }: Running,
  connections: number,
  seconds: number,
  { load, envoyPid }: GroupContext,
): Promise<Slice> {
  const pids = server.pid === undefined ? [] : processTree(server.pid);
  const before = cpuOf(pids.map(processUsage));
  const envoyBefore = processUsage(envoyPid).cpuMicros;
  const outcome = await load.run({ ...order, connections, seconds });
  const after = pids.map(processUsage);
  return {
    outcome,
    serverMicros: server.pid === undefined ? undefined : cpuOf(after) - before,
    envoyMicros: processUsage(envoyPid).cpuMicros - envoyBefore,
    after,
  };
}

function cpuOf(usages: readonly ProcessUsage[]): number {
  return usages.reduce((sum, { cpuMicros }) => sum + cpuMicros, 0);
}

/** CPU time of all processes of a server so far, in microseconds. */
export function cpuMicrosOf(pid: number): number {
  return cpuOf(processTree(pid).map(processUsage));
}

function sumUp(slices: readonly Slice[]): Round {
  const sum = (of: (slice: Slice) => number) => slices.reduce((total, slice) => total + of(slice), 0);
  const requests = sum(({ outcome }) => outcome.requests);
  const seconds = sum(({ outcome }) => outcome.seconds);
  const memory = slices.at(-1)?.after.map(({ rssMiB }) => rssMiB) ?? [];
  const reasons: Record<string, number> = {};
  for (const { outcome } of slices) {
    for (const [reason, count] of Object.entries(outcome.reasons)) reasons[reason] = (reasons[reason] ?? 0) + count;
  }
  return {
    requests,
    failures: sum(({ outcome }) => outcome.failures),
    reasons,
    perSecond: requests / seconds,
    times: merge(slices.map(({ outcome }) => outcome.times)),
    serverMicros: sum(({ serverMicros }) => serverMicros ?? Number.NaN) / requests,
    envoyMicros: sum(({ envoyMicros }) => envoyMicros) / requests,
    rssMiB: memory.length === 0 ? Number.NaN : memory.reduce((total, one) => total + one, 0),
    largestMiB: memory.length === 0 ? Number.NaN : Math.max(...memory),
    loadCores: sum(({ outcome }) => outcome.cpuSeconds) / seconds,
  };
}
