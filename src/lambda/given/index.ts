export {
  type GivenAnswer,
  type GivenFailure,
  type GivenFailureName,
  type GivenRefusal,
  type GivenResult,
  givenFailures,
  serviceErrorNames,
  serviceErrorStatus,
} from './given-answer.ts';
export { GivenInvoker, type VirtualTime } from './given-invoker.ts';
