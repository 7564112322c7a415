package io.destine.scorer;

import java.io.Flushable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Collects the rows of an input and passes them on in batches. */
final class RowBatches implements Flushable {
  private final ByteReader in;
  private final int most;
  private final Output output;
  private List<ScoredRow> rows = new ArrayList<>();
  private long begin;

  /** Takes rows, at least one. */
  interface Output {
    void accept(List<ScoredRow> rows) throws IOException;
  }

  /**
   * Batches for an output.
   *
   * @param most maximum number of rows in a batch
   */
  RowBatches(ByteReader in, int most, Output output) {
    this.in = in;
    this.most = most;
    this.output = output;
    begin = in.bytes();
    in.flushBeforeWaiting(this);
  }

  /**
   * Reads the input to its end. A batch has fewer rows when the input pauses, even within a row, or
   * when rows are long.
   *
   * @throws RefusedInput when the rest of the input cannot be read; the previous rows have been
   *     passed on
   */
  void read(RowFormat format) throws IOException {
    try {
      in.beginRow();
      for (ScoredRow row = format.next(); row != null; row = format.next()) {
        rows.add(row);
        if (rows.size() == most || in.bytes() - begin >= ByteReader.MOST_BYTES) {
          flush();
        }
        in.beginRow();
      }
    } finally {
      flush();
    }
  }

  /** Passes on the rows that have been read. */
  @Override
  public void flush() throws IOException {
    begin = in.bytes();
    if (!rows.isEmpty()) {
      List<ScoredRow> batch = rows;
      rows = new ArrayList<>();
      output.accept(batch);
    }
  }
}
