package io.destine.scorer;

import java.io.BufferedReader;
import java.io.FilterReader;
import java.io.Flushable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/**
 * Reads the bytes of a stream as characters with the same code points, U+0000 to U+00FF, so that
 * writing them as ISO-8859-1 gives the same bytes, whether they are UTF-8 or not. A byte order mark
 * at the start is skipped.
 */
final class ByteReader extends BufferedReader {
  /**
   * Maximum bytes of a row, to within the size of the reader's buffer; an input with more is
   * refused.
   */
  static final int MOST_BYTES = 16 << 20;

  private static final int BUFFER = 1 << 16;
  private static final int[] BYTE_ORDER_MARK = {0xEF, 0xBB, 0xBF};

  private final Count count;

  /** Counts characters, refuses rows that are too long, and announces pauses of the input. */
  private static final class Count extends FilterReader {
    private Flushable pending = () -> {};
    private IOException failure;
    private long rows;
    private long ofRow;
    private long all;

    Count(Reader in) {
      super(in);
    }

    @Override
    public int read(char[] into, int from, int length) throws IOException {
      int read;
      try {
        if (!ready()) {
          pending.flush();
        }
        read = super.read(into, from, length);
      } catch (IOException e) {
        failure = e;
        throw e;
      }
      all += Math.max(0, read);
      ofRow += Math.max(0, read);
      if (ofRow > MOST_BYTES) {
        throw new RefusedInput(
            String.format(
                "%s has more than %d bytes; in a csv, a closing quotation mark may be missing",
                rows == 0 ? "the header" : "row " + rows, MOST_BYTES));
      }
      return read;
    }
  }

  /** Reads the bytes of a stream. */
  ByteReader(InputStream in) throws IOException {
    this(new Count(new InputStreamReader(in, StandardCharsets.ISO_8859_1)));
    mark(BYTE_ORDER_MARK.length);
    for (int each : BYTE_ORDER_MARK) {
      if (read() != each) {
        reset();
        break;
      }
    }
  }

  private ByteReader(Count count) {
    super(count, BUFFER);
    this.count = count;
  }

  /** Before a read that may wait for the stream, flushes what is pending. */
  void flushBeforeWaiting(Flushable pending) {
    count.pending = pending;
  }

  /** Throws the failure of a stream again, for parsers that give it another meaning. */
  void requireRead() throws IOException {
    if (count.failure != null) {
      throw count.failure;
    }
  }

  /** Begins a row. */
  void beginRow() {
    count.rows++;
    count.ofRow = 0;
  }

  /** Bytes read from the stream so far. */
  long bytes() {
    return count.all;
  }

  /** Decodes bytes, given as characters, as UTF-8. */
  static String text(String bytes) {
    return isAscii(bytes)
        ? bytes
        : new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /** The UTF-8 bytes of a text, as characters. */
  static String bytes(String text) {
    return isAscii(text)
        ? text
        : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }
}
