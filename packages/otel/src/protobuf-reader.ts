/** The body is no OTLP request: said to the sender with status 400, never a crash. */
export class MalformedOtlp extends Error {
  override readonly name = "MalformedOtlp";
}

const decoder = new TextDecoder();

/** Reads protobuf fields in place, within bounds. Every read past the end is a MalformedOtlp. */
export class ProtobufReader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  position: number;
  readonly end: number;
  /** Of the field last read by `next`. */
  field = 0;
  wire = 0;

  constructor(bytes: Uint8Array, start = 0, end = bytes.byteLength) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
      const byte = this.bytes[this.position++] as number;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw new MalformedOtlp("not OTLP protobuf: a number is longer than 10 bytes");
  }

  /** A signed 64-bit varint, exact. */
  int64(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (this.position >= this.end) throw truncated();
      const byte = this.bytes[this.position++] as number;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw new MalformedOtlp("not OTLP protobuf: a number is longer than 10 bytes");
  }

  fixed64(): bigint {
    this.expect(1);
    const at = this.take(8);
    return this.view.getBigUint64(at, true);
  }

  sfixed64(): bigint {
    return BigInt.asIntN(64, this.fixed64());
  }

  double(): number {
    this.expect(1);
    return this.view.getFloat64(this.take(8), true);
  }

  /** A nested message, or bytes: a reader over them. */
  message(): ProtobufReader {
    this.expect(2);
    const length = this.varint();
    const start = this.take(length);
    return new ProtobufReader(this.bytes, start, start + length);
  }

  text(): string {
    const { position, end } = this.message();
    return decoder.decode(this.bytes.subarray(position, end));
  }

  hex(): string {
    const { position, end } = this.message();
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + position, end - position).toString("hex");
  }

  skip(): void {
    if (this.wire === 0) this.varint();
    else if (this.wire === 1) this.take(8);
    else if (this.wire === 2) this.message();
    else if (this.wire === 5) this.take(4);
    else throw new MalformedOtlp(`not OTLP protobuf: field ${this.field} has wire type ${this.wire}`);
  }

  private expect(wire: number): void {
    if (this.wire !== wire) throw new MalformedOtlp(`not OTLP protobuf: field ${this.field} has wire type ${this.wire}, not ${wire}`);
  }

  private take(length: number): number {
    const start = this.position;
    if (length > this.end - start) throw truncated();
    this.position = start + length;
    return start;
  }
}

const truncated = (): MalformedOtlp => new MalformedOtlp("not OTLP protobuf: it ends in the middle of a field");
