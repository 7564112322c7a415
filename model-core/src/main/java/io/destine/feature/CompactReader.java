package io.destine.feature;

import java.io.DataInput;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.util.Arrays;

/**
 * Reads the output of a {@link CompactWriter}, in the same order of calls. Refuses an invalid
 * stream with a {@link StreamCorruptedException}. Not thread-safe.
 */
public final class CompactReader {
  private static final int TRUSTED = 1 << 16;

  private final DataInput in;
  private final byte[] frame = new byte[CompactWriter.FRAME_BYTES + CompactWriter.SLACK];
  private int at;
  private int end;

  /** A reader of the given stream. */
  public CompactReader(DataInput in) {
    this.in = in;
  }

  /** Reads {@code n} ascending ids. Memory grows with the bytes in the stream, not with n alone. */
  public int[] ascending(int n) throws IOException {
    int[] ids = new int[Math.min(n, TRUSTED)];
    long previous = -1;
    for (int i = 0; i < n; i++) {
      if (i == ids.length) {
        ids = Arrays.copyOf(ids, (int) Math.min(n, 2L * i));
      }
      previous += distance();
      if (previous > Integer.MAX_VALUE) {
        throw corrupt("an id must fit in 31 bits", previous);
      }
      ids[i] = (int) previous;
    }
    return ids;
  }

  private long distance() throws IOException {
    require(1);
    long rest = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      if (at == end) {
        throw corrupt("an id must end in its frame of bytes", end);
      }
      byte group = frame[at++];
      rest |= (long) (group & 0x7F) << shift;
      if (group >= 0) {
        return rest + 1;
      }
    }
    throw corrupt("an id must take at most 5 bytes", 6);
  }

  /** Reads {@code n} numbers into {@code into}, from {@code offset} on. */
  public void run(long[] into, int offset, int n) throws IOException {
    for (int done = 0; done < n; done += CompactWriter.RUN) {
      shortRun(into, offset + done, Math.min(CompactWriter.RUN, n - done));
    }
  }

  private void shortRun(long[] into, int offset, int n) throws IOException {
    require(1);
    int width = frame[at++];
    if (width == CompactWriter.FLOATS) {
      floats(into, offset, n);
      return;
    }
    if (width < 0 || width > 8) {
      throw corrupt("a number must take 0 to 8 bytes", width);
    }
    if (width == 0) {
      Arrays.fill(into, offset, offset + n, 0);
      return;
    }
    require(n * width);
    int unused = 64 - 8 * width;
    for (int i = 0; i < n; i++) {
      long value = (long) CompactWriter.LONG.get(frame, at + i * width);
      into[offset + i] = (value << unused) >> unused;
    }
    at += n * width;
  }

  private void floats(long[] into, int offset, int n) throws IOException {
    require(n * Float.BYTES);
    for (int i = 0; i < n; i++) {
      float number = (float) CompactWriter.FLOAT.get(frame, at + i * Float.BYTES);
      long value = (long) number;
      if (value != number) {
        throw new StreamCorruptedException(
            "packed numbers: a float32 must hold an integer that fits in 64 bits, got " + number);
      }
      into[offset + i] = value;
    }
    at += n * Float.BYTES;
  }

  /** Reads {@code n} numbers. Memory grows with the bytes in the stream, not with n alone. */
  public long[] run(int n) throws IOException {
    long[] values = new long[Math.min(n, TRUSTED)];
    for (int done = 0; done < n; done += CompactWriter.RUN) {
      if (done == values.length) {
        values = Arrays.copyOf(values, (int) Math.min(n, 2L * done));
      }
      shortRun(values, done, Math.min(CompactWriter.RUN, n - done));
    }
    return values;
  }

  private void require(int bytes) throws IOException {
    if (at == end) {
      end = in.readInt();
      at = 0;
      if (end < 1 || end > CompactWriter.FRAME_BYTES) {
        throw corrupt("a frame must have 1 to " + CompactWriter.FRAME_BYTES + " bytes", end);
      }
      in.readFully(frame, 0, end);
    }
    if (at + bytes > end) {
      throw corrupt("a run must end in its frame of " + end + " bytes", at + bytes);
    }
  }

  /** Refuses surplus bytes; must be called at the end. */
  public void end() throws IOException {
    if (at != end) {
      throw corrupt("a frame must be read to its end at " + end, at);
    }
  }

  private static StreamCorruptedException corrupt(String must, long found) {
    return new StreamCorruptedException("packed numbers: " + must + ", got " + found);
  }
}
