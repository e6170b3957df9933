/** What expressions ask of a request that Envoy or policies.yaml has to be told to give. Texts may be JSON of templates. */

/** Whether an expression asks for certificates, which Envoy sends when it is told to. */
export function readsTls(text: string): boolean {
  return reads(text, 'ssl');
}

/** The properties that depend on the context path and that an expression asks for. */
export function contextPathReads(text: string): readonly string[] {
  return ['contextPath', 'pathInfos', 'pathInfo'].filter((name) => reads(text, name));
}

/** Whether policies.yaml takes a context path, which may be none with blanks. */
export function isTakenPath(contextPath: string): boolean {
  return !/\s/.test(contextPath);
}

/** `#request.name` or `#request['name']`, with quotes that JSON may have escaped. */
function reads(text: string, name: string): boolean {
  return new RegExp(`#request\\s*(?:\\??\\.\\s*${name}\\b|\\[\\s*\\\\?['"]+${name}\\\\?['"])`).test(text);
}
