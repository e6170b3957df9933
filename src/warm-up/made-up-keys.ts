/** AWS's own example: nobody has it. */
export const madeUpKeys = Object.freeze({ accessKey: 'AKIAIOSFODNN7EXAMPLE', secretKey: 'warm-up', fixed: true });
