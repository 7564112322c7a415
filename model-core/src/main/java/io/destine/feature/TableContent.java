package io.destine.feature;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.List;

/**
 * The encoded rows of a side table, by number: row 0 is for a missing or unknown key, rows 1 to K
 * for the keys of the table. Immutable and thread-safe; the columns may be arrays or a
 * memory-mapped file.
 */
public final class TableContent {
  private final FieldLayout layout;
  private final int rowsPerPart;
  private final int rows;
  private final Part[] parts;

  /** Rows after those of the parts; null when there are none. */
  private final Part more;

  /**
   * Rows of consecutive numbers.
   *
   * @param rows n
   * @param ids [n, S] of fields with one id
   * @param ends [n * U] the end of each multi field's list in {@code listIds}
   * @param listIds ids of multi fields
   * @param numbers [n, W] dense numbers
   */
  public record Part(
      int rows, IntBuffer ids, IntBuffer ends, IntBuffer listIds, FloatBuffer numbers) {

    private void check(FieldLayout layout) {
      int lists = ends.limit();
      if (ids.limit() != (long) rows * layout.singles()
          || lists != (long) rows * layout.multis()
          || numbers.limit() != (long) rows * layout.denseWidth()
          || listIds.limit() != (lists == 0 ? 0 : ends.get(lists - 1))) {
        throw new IllegalArgumentException(
            String.format(
                "a part of a side table must have %d rows of %d ids, %d lists and %d numbers, got"
                    + " %d, %d and %d",
                rows,
                layout.singles(),
                layout.multis(),
                layout.denseWidth(),
                ids.limit(),
                lists,
                numbers.limit()));
      }
      for (int i = 0; i < lists; i++) {
        if (ends.get(i) < (i == 0 ? 0 : ends.get(i - 1))) {
          throw new IllegalArgumentException(
              "lists of a side table must end one after the other, got list " + i);
        }
      }
    }
  }

  /**
   * The rows of the given parts.
   *
   * @param layout of the table's fields
   * @param rowsPerPart rows of each part but the last, which may have fewer
   * @throws IllegalArgumentException when a part does not match the layout
   */
  public TableContent(FieldLayout layout, int rowsPerPart, List<Part> parts) {
    this.layout = layout;
    this.rowsPerPart = rowsPerPart;
    this.parts = parts.toArray(Part[]::new);
    more = null;
    long total = 0;
    for (int p = 0; p < parts.size(); p++) {
      Part part = parts.get(p);
      if (part.rows() > rowsPerPart || p < parts.size() - 1 && part.rows() < rowsPerPart) {
        throw new IllegalArgumentException(
            "a part of a side table must have " + rowsPerPart + " rows, got " + part.rows());
      }
      part.check(layout);
      total += part.rows();
    }
    rows = Math.toIntExact(total);
  }

  private TableContent(TableContent of, Part more) {
    layout = of.layout;
    rowsPerPart = of.rowsPerPart;
    parts = of.parts;
    rows = of.rows;
    this.more = more;
  }

  /** The same table, followed by the rows of a batch: row n has the number K + 1 + n. */
  TableContent and(EncodedBatch given) {
    int[] offsets = given.multiOffsets();
    return new TableContent(
        this,
        new Part(
            given.rows(),
            IntBuffer.wrap(given.ids()),
            IntBuffer.wrap(offsets, 1, offsets.length - 1).slice(),
            IntBuffer.wrap(given.multiIds()),
            FloatBuffer.wrap(given.dense())));
  }

  /** The layout of the rows. */
  public FieldLayout layout() {
    return layout;
  }

  /** K + 1. */
  public int rows() {
    return rows;
  }

  private Part part(int number) {
    if (number >= rows && more != null && number - rows < more.rows()) {
      return more;
    }
    if (number < 0 || number >= rows) {
      throw new IllegalArgumentException(
          "the number of a row of a side table must be 0 to " + (rows - 1) + ", got " + number);
    }
    return parts[number / rowsPerPart];
  }

  /** The index of a row in its part. */
  private int place(int number) {
    return number >= rows ? number - rows : number % rowsPerPart;
  }

  /** The id of a row in the layout's column of single ids. */
  int id(int number, int column) {
    return part(number).ids().get(place(number) * layout.singles() + column);
  }

  /** Number of ids in the list of a row in the layout's column of lists. */
  int listLength(int number, int column) {
    int list = place(number) * layout.multis() + column;
    IntBuffer ends = part(number).ends();
    return ends.get(list) - (list == 0 ? 0 : ends.get(list - 1));
  }

  /** Copies this list to an array. */
  void list(int number, int column, int[] to, int at) {
    Part part = part(number);
    int list = place(number) * layout.multis() + column;
    int from = list == 0 ? 0 : part.ends().get(list - 1);
    part.listIds().get(from, to, at, part.ends().get(list) - from);
  }

  /** Whether a row has the ids, lists and numbers of a row of a table with the same layout. */
  boolean isRow(int number, TableContent other, int otherNumber) {
    boolean same =
        ids(number).equals(other.ids(otherNumber))
            && numbers(number).equals(other.numbers(otherNumber));
    for (int u = 0; same && u < layout.multis(); u++) {
      same = list(number, u).equals(other.list(otherNumber, u));
    }
    return same;
  }

  private IntBuffer ids(int number) {
    int width = layout.singles();
    return part(number).ids().slice(place(number) * width, width);
  }

  private FloatBuffer numbers(int number) {
    int width = layout.denseWidth();
    return part(number).numbers().slice(place(number) * width, width);
  }

  private IntBuffer list(int number, int column) {
    int list = place(number) * layout.multis() + column;
    int length = listLength(number, column);
    return part(number).listIds().slice(part(number).ends().get(list) - length, length);
  }

  /** Copies dense numbers of a row to an array. */
  void numbers(int number, int column, float[] to, int at, int length) {
    int from = place(number) * layout.denseWidth() + column;
    part(number).numbers().get(from, to, at, length);
  }
}
