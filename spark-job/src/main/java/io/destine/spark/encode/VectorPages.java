package io.destine.spark.encode;

import io.destine.feature.PackedArrays;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.util.Arrays;

/**
 * The vectors of a chunk's rows, in pages of a megabyte. The garbage collector does not move larger
 * arrays, and copies of a growing array would leave gaps that no other array fits into.
 */
final class VectorPages {
  private static final int PAGE_NUMBERS = 1 << 18;

  private final int length;
  private final int rowsPerPage;

  /** [pages, rows per page x length], the last page shorter once complete. */
  private float[][] pages = {};

  /** An empty store of vectors of the given length. */
  VectorPages(int length) {
    this.length = length;
    rowsPerPage = Math.max(1, PAGE_NUMBERS / length);
  }

  /** Stores the vector of row n, zeros for null; rows before it may be left out. */
  void put(int n, float[] vector) {
    int page = n / rowsPerPage;
    while (page >= pages.length) {
      pages = Arrays.copyOf(pages, pages.length + 1);
      pages[pages.length - 1] = new float[rowsPerPage * length];
    }
    int at = n % rowsPerPage * length;
    if (vector == null) {
      Arrays.fill(pages[page], at, at + length, 0);
    } else {
      System.arraycopy(vector, 0, pages[page], at, length);
    }
  }

  /** The number at index i of the vector of row n. */
  float number(int n, int i) {
    return pages[n / rowsPerPage][n % rowsPerPage * length + i];
  }

  /** Resizes the last page for this total number of rows; {@link #put} adds further pages. */
  void capacity(int rows) {
    int count = Math.min((rows + rowsPerPage - 1) / rowsPerPage, pages.length);
    pages = Arrays.copyOf(pages, count);
    if (count > 0) {
      int last = Math.min(rowsPerPage, rows - (count - 1) * rowsPerPage) * length;
      pages[count - 1] = Arrays.copyOf(pages[count - 1], last);
    }
  }

  long heapBytes() {
    return 4L * pages.length * rowsPerPage * length;
  }

  /** Writes vectors, or null. */
  static void write(VectorPages vectors, ObjectOutput out, PackedArrays arrays) throws IOException {
    out.writeInt(vectors == null ? 0 : vectors.length);
    if (vectors != null) {
      out.writeInt(vectors.pages.length);
      for (float[] page : vectors.pages) {
        arrays.write(page);
      }
    }
  }

  /** Reads the data of {@link #write}. */
  static VectorPages read(ObjectInput in) throws IOException {
    int length = in.readInt();
    if (length == 0) {
      return null;
    }
    VectorPages vectors = new VectorPages(length);
    vectors.pages = new float[in.readInt()][];
    for (int p = 0; p < vectors.pages.length; p++) {
      vectors.pages[p] = PackedArrays.readFloats(in);
    }
    return vectors;
  }
}
