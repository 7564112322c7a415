package io.destine.artifact;

import io.destine.config.Precision;

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

  /** The type of the numbers of a precision. */
  static DataType of(Precision precision) {
    return precision == Precision.FLOAT32 ? F32 : F64;
  }

  /** An array of so many elements. */
  Object array(int length) {
    return switch (this) {
      case F32 -> new float[length];
      case F64 -> new double[length];
      case I64 -> new long[length];
      case I32 -> new int[length];
      case I16 -> new short[length];
      case U8 -> new byte[length];
    };
  }

  /** Bytes of an element. */
  int bytes() {
    return bytes;
  }
}
