import type { PolicySet } from '../policy/index.ts';
import type { EnvoySetup, Trial } from '../trial/index.ts';
import { GivenFunctions, NoAnswerError } from './given-functions.ts';
import { requestOf, responseOf } from './http-messages.ts';
import type { TestDocument, TestFileDocument } from './schema/index.ts';

/** The input of a run, as a test writes it. */
export type GivenDocument = Pick<TestDocument, 'api' | 'route' | 'authority' | 'request' | 'functions' | 'backend'>;

export interface GivenTrial {
  readonly set: PolicySet;
  readonly document: GivenDocument;
  readonly envoy: TestFileDocument['envoy'];
  /** `#node.version`. */
  readonly version: string;
  /** Called for each call without a given answer; the policies see an unexpected error. */
  readonly onMissing: (error: NoAnswerError) => void;
}

export function trialOf({ set, document, envoy, version, onMissing }: GivenTrial): Trial {
  const functions = new GivenFunctions(document.functions);
  return {
    set,
    api: document.api ?? undefined,
    route: document.route ?? undefined,
    authority: document.authority ?? undefined,
    request: requestOf(document.request),
    attributes: new Map(Object.entries(document.request?.attributes ?? {})),
    metadata: document.request?.metadata ?? {},
    functions: {
      given: (invocation) => {
        try {
          return functions.answer(invocation);
        } catch (error) {
          if (error instanceof NoAnswerError) onMissing(error);
          throw error;
        }
      },
    },
    backend: () => responseOf(document.backend),
    envoy: setupOf(envoy),
    version,
  };
}

function setupOf(envoy: TestFileDocument['envoy']): Partial<EnvoySetup> {
  const { requestBodyMode, responseHeaderMode, responseBodyMode } = envoy ?? {};
  return {
    ...(requestBodyMode ? { requestBody: requestBodyMode } : {}),
    ...(responseHeaderMode ? { responseHeaders: responseHeaderMode } : {}),
    ...(responseBodyMode ? { responseBody: responseBodyMode } : {}),
  };
}
