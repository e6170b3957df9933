import { crc32 } from 'node:zlib';

/** A zip archive of one uncompressed file, which is enough to upload a small function. */
export function zipOf(name: string, content: Uint8Array): Buffer {
  const path = Buffer.from(name);
  // Version 2.0, no flags, uncompressed, midnight of 1980-01-01, then the other fields that both headers share.
  const shared = Buffer.alloc(26);
  shared.writeUInt16LE(20, 0);
  shared.writeUInt16LE(0x21, 8);
  shared.writeUInt32LE(crc32(content), 10);
  shared.writeUInt32LE(content.length, 14);
  shared.writeUInt32LE(content.length, 18);
  shared.writeUInt16LE(path.length, 22);

  const local = Buffer.concat([Buffer.from('PK\x03\x04'), shared, path, content]);
  const attributes = Buffer.alloc(14);
  // A regular file that all users may read, in the upper half of the external attributes.
  attributes.writeUInt32LE((0o100644 << 16) >>> 0, 6);
  const madeByUnix = Buffer.from([20, 3]);
  const central = Buffer.concat([Buffer.from('PK\x01\x02'), madeByUnix, shared, attributes, path]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}
