/** What tests of other things let inline policies call: any function, where the test's own stubs are. */
export const anyInline = {
  functions: ['*', 'arn:*:lambda:*:*:function:*'],
  regions: ['*'],
  endpoints: ['http://127.0.0.1:*'],
  roles: ['arn:*:iam::*:role/*'],
} as const;
