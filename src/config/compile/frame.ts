import type { Invocation } from '../../lambda/index.ts';
import type { FrameRefusal, InvocationFrame } from '../../policy/index.ts';
import type { Rights } from '../rights/index.ts';

/** The fields of one step that are checked for each request. */
export interface HeldFields {
  readonly function: boolean;
  readonly region: boolean;
  readonly endpoint: boolean;
  readonly roles: boolean;
  /** The step's own keys must have a value: no other keys may be sent to its endpoint. */
  readonly keys: boolean;
  /** Roles that are written in the configuration as plain text. */
  readonly writtenRoles: ReadonlySet<string>;
}

const MAX_SHOWN = 200;

/** Checks the results of one step's expressions against the lists of the document. */
export class StepFrame implements InvocationFrame {
  readonly #rights: Rights;
  readonly #held: HeldFields;
  readonly #key: FrameRefusal['key'];
  readonly #name: 'inline' | 'allow';

  constructor(rights: Rights, held: HeldFields, name: 'inline' | 'allow') {
    this.#rights = rights;
    this.#held = held;
    this.#name = name;
    this.#key = name === 'inline' ? 'LAMBDA_EXT_PROC_INVALID_POLICIES' : 'LAMBDA_EXT_PROC_NOT_ALLOWED';
  }

  refusal(invocation: Invocation): FrameRefusal | undefined {
    const { region, functionName, endpoint, credentials } = invocation;
    const rights = this.#rights;
    const held = this.#held;
    if (held.region && !rights.allowsRegion(region)) return this.#outside('region', region, 'regions');
    if (held.function && !rights.allowsFunction(invocation))
      return this.#outside('function', functionName, 'functions');
    if (held.endpoint && endpoint !== undefined && !rights.allowsEndpoint(endpoint)) {
      return this.#outside('endpoint', endpoint, 'endpoints');
    }
    if (held.keys && (credentials.accessKey === undefined || credentials.secretKey === undefined)) {
      const reason = 'accessKey and secretKey have no value, and other keys do not go to this endpoint';
      return { key: this.#key, field: 'accessKey', reason };
    }
    if (!held.roles) return undefined;
    const { roleChain = [], role } = credentials;
    for (const { roleArn } of role === undefined ? roleChain : [...roleChain, role]) {
      if (held.writtenRoles.has(roleArn) || rights.allowsRole(roleArn)) continue;
      return this.#outside('roleArn', roleArn, 'roles');
    }
    return undefined;
  }

  #outside(field: FrameRefusal['field'], value: string, list: string): FrameRefusal {
    const shown = JSON.stringify(value.slice(0, MAX_SHOWN));
    return { key: this.#key, field, reason: `${field} ${shown} is not in ${this.#name}.${list}` };
  }
}
