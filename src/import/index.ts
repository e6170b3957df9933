export { CLOSED_KEY } from './envoy/index.ts';
export {
  type ImportedFile,
  type ImportOptions,
  type ImportResult,
  importDefinition,
  importDefinitions,
} from './import-definition.ts';
export { DAMAGES, ImportError, type ReportEntry } from './report.ts';
