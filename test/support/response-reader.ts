/**
 * Reads HTTP/1.1 responses off one connection, one at a time: enough of the protocol for what Envoy and the test backend
 * send. The body is skipped; anything that is not HTTP throws.
 */
export class ResponseReader {
  status = 0;
  /** Of the response that is complete, without the framing of chunks. */
  bodyBytes = 0;
  /** The peer closes the connection after this response. */
  closes = false;
  readonly #head: boolean;
  #rest: Buffer = Buffer.alloc(0);

  /** `head`: the requests are HEAD, whose responses have no body whatever their headers say. */
  constructor(head = false) {
    this.#head = head;
  }

  /** Takes bytes; true when the response is complete. Bytes after its end are an error: nothing else was asked for. */
  push(chunk: Buffer): boolean {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = bytes;
    const headEnd = bytes.indexOf('\r\n\r\n');
    if (headEnd === -1) return false;
    // Latin-1 is one byte a character: offsets in the text are offsets in the bytes.
    const head = bytes.toString('latin1', 0, headEnd + 2).toLowerCase();
    const status = /^http\/1\.1 (\d{3}) /.exec(head);
    if (!status) throw new Error('not HTTP');
    this.status = Number(status[1]);
    this.closes = head.includes('\r\nconnection: close\r\n');

    const end = this.#bodyEnd(head, bytes, headEnd + 4);
    if (end === undefined || bytes.length < end) return false;
    if (bytes.length > end) throw new Error('bytes after the response');
    this.#rest = Buffer.alloc(0);
    return true;
  }

  /** Where the body ends, undefined while that is not known. */
  #bodyEnd(head: string, bytes: Buffer, start: number): number | undefined {
    this.bodyBytes = 0;
    if (this.#head || this.status === 204 || this.status === 304) return start;
    const length = /\r\ncontent-length: (\d+)\r\n/.exec(head);
    if (length) {
      this.bodyBytes = Number(length[1]);
      return start + this.bodyBytes;
    }
    if (!head.includes('\r\ntransfer-encoding: chunked\r\n')) throw new Error('response without a length');
    let at = start;
    for (;;) {
      const lineEnd = bytes.indexOf('\r\n', at);
      if (lineEnd === -1) return undefined;
      const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
      if (Number.isNaN(size)) throw new Error('broken chunk');
      if (size === 0) {
        // Trailers, if any, end with an empty line as the headers do.
        const trailersEnd = bytes.indexOf('\r\n\r\n', lineEnd);
        return trailersEnd === -1 ? undefined : trailersEnd + 4;
      }
      this.bodyBytes += size;
      at = lineEnd + 2 + size + 2;
      if (at > bytes.length) return undefined;
    }
  }
}
