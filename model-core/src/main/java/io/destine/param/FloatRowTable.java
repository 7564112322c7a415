package io.destine.param;

import java.util.Arrays;

/** A {@link RowTable} of floats, whose chunks kernels read in place. */
public final class FloatRowTable extends RowTable {
  private float[][] chunks = {};

  FloatRowTable(int width) {
    super(width);
  }

  /** The chunk that holds a row, shared; the row starts at {@link #offset}. */
  public float[] chunk(int row) {
    return chunks[row >>> CHUNK_BITS];
  }

  /** Where a row starts in its chunk. */
  public int offset(int row) {
    return (row & (CHUNK_ROWS - 1)) * width();
  }

  /** Copies the rows of the given ids to {@code into}, one after the other. */
  public void gather(int[] ids, float[] into) {
    int width = width();
    for (int i = 0; i < ids.length; i++) {
      System.arraycopy(chunk(ids[i]), offset(ids[i]), into, i * width, width);
    }
  }

  @Override
  void resizeChunks(int newRows) {
    int old = chunks.length;
    chunks = Arrays.copyOf(chunks, chunksFor(newRows));
    for (int c = Math.max(0, old - 1); c < chunks.length; c++) {
      int length = Math.multiplyExact(rowsOfChunk(c, newRows), width());
      chunks[c] = chunks[c] == null ? new float[length] : Arrays.copyOf(chunks[c], length);
    }
  }

  @Override
  public void read(int row, double[] into, int at) {
    float[] chunk = chunk(row);
    int offset = offset(row);
    for (int i = 0; i < width(); i++) {
      into[at + i] = chunk[offset + i];
    }
  }

  @Override
  public void write(int row, double[] from, int at) {
    float[] chunk = chunk(row);
    int offset = offset(row);
    for (int i = 0; i < width(); i++) {
      chunk[offset + i] = (float) from[at + i];
    }
  }
}
