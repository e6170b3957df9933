import { type CredentialSource, invocationDefaults } from '../lambda/index.ts';
import type { PolicySet } from '../policy/index.ts';

/** An identity by which steps of a document sign, in a region. */
export interface Signer {
  readonly source: CredentialSource;
  readonly region: string;
  /** `api.step` of those that sign with it whatever the request is. */
  readonly steps: string[];
}

export interface Signers {
  /** Each once. Where a request decides on a step's identity, the machine's stands for it: that one assumes its role. */
  readonly signers: readonly Signer[];
  /** Steps whose identity is known before a request. */
  readonly known: number;
  /** A step brings keys of its own, or a request does. */
  readonly haveKeys: boolean;
}

const MACHINE: CredentialSource = Object.freeze({});

/** A set never changes, and a probe comes every few seconds. */
const found = new WeakMap<PolicySet, Signers>();

/** Who signs for the steps of a document. Thousands of them mostly have a handful of identities. */
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
