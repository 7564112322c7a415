package io.destine.artifact;

import io.destine.config.Precision;
import java.nio.ByteBuffer;

/** Element types of safetensors files that models use, with the format's names. */
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

  /** A new array with {@code length} elements. */
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

  /**
   * Writes {@code n} elements of an array, from index {@code at} on, to the beginning of a buffer.
   */
  void put(Object array, int at, int n, ByteBuffer into) {
    switch (this) {
      case F32 -> into.asFloatBuffer().put((float[]) array, at, n);
      case F64 -> into.asDoubleBuffer().put((double[]) array, at, n);
      case I64 -> into.asLongBuffer().put((long[]) array, at, n);
      case I32 -> into.asIntBuffer().put((int[]) array, at, n);
      case I16 -> into.asShortBuffer().put((short[]) array, at, n);
      case U8 -> into.put(0, (byte[]) array, at, n);
    }
  }

  /**
   * Reads {@code n} elements from the beginning of a buffer into an array, from index {@code at}
   * on.
   */
  void get(ByteBuffer from, Object array, int at, int n) {
    switch (this) {
      case F32 -> from.asFloatBuffer().get((float[]) array, at, n);
      case F64 -> from.asDoubleBuffer().get((double[]) array, at, n);
      case I64 -> from.asLongBuffer().get((long[]) array, at, n);
      case I32 -> from.asIntBuffer().get((int[]) array, at, n);
      case I16 -> from.asShortBuffer().get((short[]) array, at, n);
      case U8 -> from.get(0, (byte[]) array, at, n);
    }
  }

  /** Bytes of an element. */
  int bytes() {
    return bytes;
  }
}
