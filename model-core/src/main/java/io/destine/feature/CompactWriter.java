package io.destine.feature;

import java.io.DataOutput;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Writes ascending ids and runs of int64 compactly. Ids are stored as differences, in groups of
 * seven bits; a run as its width in bytes, then the numbers with that many bytes each,
 * little-endian two's complement. A run that needs more than four bytes a number, but has only
 * float32 values, such as the gradients of single rows in fixed point, is written as float32 after
 * the width {@link #FLOATS}. The output has frames, each preceded by its length; no number spans
 * two frames. Not thread-safe.
 */
public final class CompactWriter {
  /** Maximum numbers with a common width; longer runs are split. */
  static final int RUN = 64;

  /** Marks, in place of a width, numbers that are float32 values. */
  static final int FLOATS = 9;

  /** Bits of an int64 beyond the significand of a float32. */
  private static final int NOT_SIGNIFICANT = 64 - 24;

  static final int FRAME_BYTES = 1 << 16;

  /** A number is written and read as eight bytes, of which only the first few may be used. */
  static final int SLACK = 8;

  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  static final VarHandle FLOAT =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int RUN_BYTES = 1 + 8 * RUN;

  private final DataOutput out;
  private final byte[] frame = new byte[FRAME_BYTES + SLACK];
  private int at;

  /** A writer to the given stream. */
  public CompactWriter(DataOutput out) {
    this.out = out;
  }

  /**
   * Writes the first {@code n} ids.
   *
   * @param ids not negative, each larger than the one before
   */
  public void ascending(int[] ids, int n) throws IOException {
    int previous = -1;
    for (int i = 0; i < n; i++) {
      reserve(5);
      if (ids[i] <= previous) {
        throw new IllegalArgumentException(
            "ids must be ascending and not negative, got " + ids[i] + " after " + previous);
      }
      int rest = ids[i] - (previous + 1);
      previous = ids[i];
      while (rest >= 0x80) {
        frame[at++] = (byte) (rest | 0x80);
        rest >>>= 7;
      }
      frame[at++] = (byte) rest;
    }
  }

  /** Writes {@code n} numbers, starting at index {@code from}. */
  public void run(long[] values, int from, int n) throws IOException {
    for (int done = 0; done < n; done += RUN) {
      shortRun(values, from + done, Math.min(RUN, n - done));
    }
  }

  private void shortRun(long[] values, int from, int n) throws IOException {
    reserve(RUN_BYTES);
    long any = 0;
    long magnitude = 0;
    for (int i = 0; i < n; i++) {
      long value = values[from + i];
      any |= value;
      magnitude |= value ^ (value >> 63);
    }
    int width = any == 0 ? 0 : (72 - Long.numberOfLeadingZeros(magnitude)) >>> 3;
    if (width > Float.BYTES && areFloats(values, from, n)) {
      frame[at++] = FLOATS;
      for (int i = 0; i < n; i++) {
        FLOAT.set(frame, at + i * Float.BYTES, (float) values[from + i]);
      }
      at += n * Float.BYTES;
      return;
    }
    frame[at++] = (byte) width;
    for (int i = 0; i < n; i++) {
      LONG.set(frame, at + i * width, values[from + i]);
    }
    at += n * width;
  }

  private static boolean areFloats(long[] values, int from, int n) {
    for (int i = from; i < from + n; i++) {
      long magnitude = Math.abs(values[i]);
      int zeros = Long.numberOfLeadingZeros(magnitude) + Long.numberOfTrailingZeros(magnitude);
      if (zeros < NOT_SIGNIFICANT) {
        return false;
      }
    }
    return true;
  }

  private void reserve(int bytes) throws IOException {
    if (at + bytes > FRAME_BYTES) {
      flush();
    }
  }

  /** Writes the remaining bytes; must be called at the end. */
  public void flush() throws IOException {
    if (at > 0) {
      out.writeInt(at);
      out.write(frame, 0, at);
      at = 0;
    }
  }
}
