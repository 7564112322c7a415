package io.destine.artifact;

/** Element types of safetensors files that models use, by the names the format gives them. */
enum DataType {
  F32(4),
  F64(8),
  I64(8),
  I32(4),
  I16(2),
  U8(1);

  private final int bytes;

  DataType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of an element. */
  int bytes() {
    return bytes;
  }
}
