/** What the SDK says of an answer that it cannot read as one of AWS's (a proxy's page): nothing of use. */
export function isForeign(error: Error): boolean {
  return /^Unknown(?:Error)?$/.test(error.name) || /parse error|is not valid JSON|deserialization/i.test(error.message);
}

/** The same error in other words: with its name, where that says something, and its status. */
export function restated(error: Error, message: string): Error {
  const metadata = '$metadata' in error ? { $metadata: error.$metadata } : {};
  const name = isForeign(error) ? {} : { name: error.name };
  return Object.assign(new Error(message, { cause: error }), name, metadata);
}
