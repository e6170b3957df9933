/** What expressions read of a request that Envoy or policies.yaml gives only if configured. Texts may be JSON of templates. */

/** Whether an expression reads certificates, which Envoy sends only if configured. */
export function readsTls(text: string): boolean {
  return reads(text, 'ssl');
}

/** The properties that depend on the context path and that an expression reads. */
export function contextPathReads(text: string): readonly string[] {
  return ['contextPath', 'pathInfos', 'pathInfo'].filter((name) => reads(text, name));
}

/** Whether policies.yaml accepts a context path, which must not have blanks. */
export function isTakenPath(contextPath: string): boolean {
  return !/\s/.test(contextPath);
}

/** `#request.name` or `#request['name']`, with quotes that JSON may have escaped. */
function reads(text: string, name: string): boolean {
  return new RegExp(`#request\\s*(?:\\??\\.\\s*${name}\\b|\\[\\s*\\\\?['"]+${name}\\\\?['"])`).test(text);
}
