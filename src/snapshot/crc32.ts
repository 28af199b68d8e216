const TABLES = tables();

/** CRC-32 (that of zlib and of Ethernet), four bytes at a time: for where the host has none. */
export function crc32(bytes: Uint8Array): number {
  const [a, b, c, d] = TABLES;
  let crc = -1;
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc = d[crc & 0xff]! ^ c[(crc >>> 8) & 0xff]! ^ b[(crc >>> 16) & 0xff]! ^ a[crc >>> 24]!;
  }
  for (; at < bytes.length; at++) crc = a[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** What each value of a byte contributes when none, one, two or three bytes follow it. */
function tables(): readonly [Int32Array, Int32Array, Int32Array, Int32Array] {
  const first = new Int32Array(256).map((_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0xedb8_8320;
    return crc;
  });
  const next = (table: Int32Array): Int32Array => table.map(crc => first[crc & 0xff]! ^ (crc >>> 8));
  const second = next(first);
  const third = next(second);
  return [first, second, third, next(third)];
}
