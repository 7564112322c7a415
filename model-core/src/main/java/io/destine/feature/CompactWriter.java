package io.destine.feature;

import java.io.DataOutput;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Writes ascending ids and runs of int64 in few bytes: of ids the distance from one to the next in
 * groups of seven bits, of a run its width in bytes and then the numbers in that many bytes each,
 * little-endian two's complement. Numbers of more than four bytes that all are float32 values, as
 * the gradients of single rows in fixed point are, are written as float32 behind the width {@link
 * #FLOATS}. In frames, each preceded by its length; no number spans two. One thread.
 */
public final class CompactWriter {
  /** Most numbers that share a width; longer runs are written as several. */
  static final int RUN = 64;

  /** Stands for a width: numbers that are float32 values. */
  static final int FLOATS = 9;

  /** Bits of an int64 beyond the significand of a float32. */
  private static final int NOT_SIGNIFICANT = 64 - 24;

  static final int FRAME_BYTES = 1 << 16;

  /** A number is written and read as eight bytes, of which only the first few may count. */
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

  /** Writes {@code n} numbers from {@code from} on. */
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

  /** Writes what is left; to be called at the end. */
  public void flush() throws IOException {
    if (at > 0) {
      out.writeInt(at);
      out.write(frame, 0, at);
      at = 0;
    }
  }
}
