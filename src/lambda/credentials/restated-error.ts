/** The SDK's text for an answer that it cannot read as one of AWS's (a proxy's page): it says nothing useful. */
export function isForeign(error: Error): boolean {
  return /^Unknown(?:Error)?$/.test(error.name) || /parse error|is not valid JSON|deserialization/i.test(error.message);
}

/** The same error with another message: it keeps its name, if that is meaningful, and its status. */
export function restated(error: Error, message: string): Error {
  const metadata = '$metadata' in error ? { $metadata: error.$metadata } : {};
  const name = isForeign(error) ? {} : { name: error.name };
  return Object.assign(new Error(message, { cause: error }), name, metadata);
}
