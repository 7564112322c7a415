package io.destine.scorer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Batches of the rows that are currently available in the input. */
final class RowBatches {
  private final ByteReader in;
  private final RowFormat format;
  private RefusedInput refused;

  /** Batches of the rows that the format reads from the input. */
  RowBatches(ByteReader in, RowFormat format) {
    this.in = in;
    this.format = format;
  }

  /**
   * The next rows: at most {@code most}, fewer when the input pauses or rows are long, none at the
   * end of the input.
   *
   * @throws RefusedInput when the rest of the input cannot be read; the previous rows have been
   *     returned
   */
  List<ScoredRow> next(int most) throws IOException {
    if (refused != null) {
      throw refused;
    }
    List<ScoredRow> rows = new ArrayList<>();
    long begin = in.bytes();
    try {
      while (rows.size() < most
          && (rows.isEmpty() || (in.bytes() - begin < ByteReader.MOST_BYTES && in.ready()))) {
        in.beginRow();
        ScoredRow row = format.next();
        if (row == null) {
          break;
        }
        rows.add(row);
      }
    } catch (RefusedInput e) {
      if (rows.isEmpty()) {
        throw e;
      }
      refused = e;
    }
    return rows;
  }
}
