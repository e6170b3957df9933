export { policyTestsJsonSchema } from './json-schema.ts';
export { jsonReport } from './report/json.ts';
export { junitReport } from './report/junit.ts';
export { isGood, reportOf, type TestReport } from './report/test-report.ts';
export { textReport } from './report/text.ts';
export { TestRun } from './run-test-file.ts';
