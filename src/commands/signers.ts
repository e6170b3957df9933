import { type CredentialSource, invocationDefaults } from '../lambda/index.ts';
import type { PolicySet } from '../policy/index.ts';

/** An identity with which steps of a document sign, in a region. */
export interface Signer {
  readonly source: CredentialSource;
  readonly region: string;
  /** `api.step` of the steps that sign with it for every request. */
  readonly steps: string[];
}

export interface Signers {
  /** Each once. For a step whose identity depends on the request, the machine's identity is listed, which assumes the role. */
  readonly signers: readonly Signer[];
  /** Number of steps whose identity is known without a request. */
  readonly known: number;
  /** A step has its own keys, or an expression for them. */
  readonly haveKeys: boolean;
}

const MACHINE: CredentialSource = Object.freeze({});

/** A set never changes, and probes ask every few seconds. */
const found = new WeakMap<PolicySet, Signers>();

/** The identities of a document's steps. Thousands of steps usually have only a few. */
export function signersOf(set: PolicySet): Signers {
  let signers = found.get(set);
  if (signers === undefined) {
    signers = findSigners(set);
    found.set(set, signers);
  }
  return signers;
}

function findSigners({ apis }: PolicySet): Signers {
  const signers = new Map<string, Signer>();
  let known = 0;
  let haveKeys = false;
  for (const [name, api] of apis) {
    for (const { name: step, configuration } of [...api.request, ...api.response]) {
      const { credentials, region } = configuration;
      haveKeys ||= credentials.accessKey !== undefined;
      const isKnown = credentials.constant !== undefined && region.constant !== undefined;
      const source = (isKnown ? credentials.constant : undefined) ?? MACHINE;
      const signer = signerOf(signers, source, region.constant ?? invocationDefaults.region);
      if (!isKnown) continue;
      known++;
      signer.steps.push(`${name}.${step}`);
    }
  }
  return { signers: [...signers.values()], known, haveKeys };
}

function signerOf(signers: Map<string, Signer>, source: CredentialSource, region: string): Signer {
  const key = JSON.stringify([source, region]);
  let signer = signers.get(key);
  if (signer === undefined) {
    signer = { source, region, steps: [] };
    signers.set(key, signer);
  }
  return signer;
}
