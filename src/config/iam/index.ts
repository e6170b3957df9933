export { type IamReport, iamReport, type ReportedStep } from './iam-report.ts';
export type { IamPolicy } from './policy-document.ts';
export type { IamOptions } from './signers.ts';
