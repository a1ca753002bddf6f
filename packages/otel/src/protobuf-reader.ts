/** The body is no OTLP request: said to the sender with status 400, never a crash. */
export class MalformedOtlp extends Error {
  override readonly name = "MalformedOtlp";
}

/**
 * Reads protobuf fields in place, within bounds. Every read past the end is a MalformedOtlp. One reader per
 * depth is made and used again, so a body costs no allocation per field.
 */
export class ProtobufReader {
  readonly buffer: Buffer;
  position: number;
  end: number;
  /** Of the field last read by `next`. */
  field = 0;
  wire = 0;
  private nested: ProtobufReader | undefined;

  constructor(bytes: Uint8Array, start = 0, end = bytes.byteLength) {
    this.buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = start;
    this.end = end;
  }

  /** Moves to the next field; false at the end of the message. */
  next(): boolean {
    if (this.position >= this.end) return false;
    const tag = this.varint();
    this.field = Math.floor(tag / 8);
    this.wire = tag % 8;
    if (this.field === 0) throw new MalformedOtlp("not OTLP protobuf: a field has number 0");
    return true;
  }

  /** A varint as a number; exact up to 2^53. */
  varint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i += 1) {
      if (this.position >= this.end) throw truncated();
      const byte = this.buffer[this.position++] as number;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw new MalformedOtlp("not OTLP protobuf: a number is longer than 10 bytes");
  }

  /** A signed 64-bit varint: a number where that is exact, else a bigint. */
  int64(): number | bigint {
    const start = this.position;
    const near = this.varint();
    if (near <= Number.MAX_SAFE_INTEGER) return near;
    this.position = start;
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.buffer[this.position++] as number;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    const signed = BigInt.asIntN(64, value);
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
  }

  /** A fixed64 of nanoseconds as whole milliseconds, exact: hi × 2^32 ns = hi × 4,294 ms + hi × 967,296 ns. */
  nanosAsMs(): number {
    this.expect(1);
    const at = this.take(8);
    const low = this.buffer.readUInt32LE(at);
    const high = this.buffer.readUInt32LE(at + 4);
    return high * 4294 + Math.floor((high * 967_296 + low) / 1_000_000);
  }

  sfixed64(): bigint {
    this.expect(1);
    return this.buffer.readBigInt64LE(this.take(8));
  }

  double(): number {
    this.expect(1);
    return this.buffer.readDoubleLE(this.take(8));
  }

  /** A nested message: a reader over it, to be read to its end before the next one of this reader. */
  message(): ProtobufReader {
    const length = this.length();
    const start = this.take(length);
    const reader = (this.nested ??= new ProtobufReader(this.buffer));
    reader.position = start;
    reader.end = start + length;
    return reader;
  }

  /** A reader of its own over the same bytes, to be read later. */
  fork(): ProtobufReader {
    return new ProtobufReader(this.buffer, this.position, this.end);
  }

  text(): string {
    const length = this.length();
    const start = this.take(length);
    return this.buffer.toString("utf8", start, start + length);
  }

  hex(): string {
    const length = this.length();
    const start = this.take(length);
    return this.buffer.toString("hex", start, start + length);
  }

  skip(): void {
    if (this.wire === 0) this.varint();
    else if (this.wire === 1) this.take(8);
    else if (this.wire === 2) this.take(this.varint());
    else if (this.wire === 5) this.take(4);
    else throw new MalformedOtlp(`not OTLP protobuf: field ${this.field} has wire type ${this.wire}`);
  }

  length(): number {
    this.expect(2);
    return this.varint();
  }

  take(length: number): number {
    const start = this.position;
    if (length > this.end - start) throw truncated();
    this.position = start + length;
    return start;
  }

  private expect(wire: number): void {
    if (this.wire !== wire)
      throw new MalformedOtlp(`not OTLP protobuf: field ${this.field} has wire type ${this.wire}, not ${wire}`);
  }
}

const truncated = (): MalformedOtlp => new MalformedOtlp("not OTLP protobuf: it ends in the middle of a field");
