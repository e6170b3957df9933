/** The access key id is the example of AWS's documentation, which belongs to no account. */
export const madeUpKeys = Object.freeze({ accessKey: 'AKIAIOSFODNN7EXAMPLE', secretKey: 'warm-up', fixed: true });
