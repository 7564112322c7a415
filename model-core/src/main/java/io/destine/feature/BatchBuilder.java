package io.destine.feature;

import java.util.Arrays;

/**
 * Collects encoded rows into an {@link EncodedBatch}. For each row, call the method of each field's
 * kind in the order of the fields, then {@link #endRow}. Not thread-safe; empty again after {@link
 * #build}.
 */
public final class BatchBuilder {
  private static final String TOO_LARGE =
      "a block of rows holds more than "
          + ArrayGrowth.LONGEST
          + " ids or numbers: lower output.block-rows";

  private final int singles;
  private final int multis;
  private final int denseWidth;

  /** Side tables whose fields are added to a batch; null when there are none. */
  private final SideTables tables;

  /** [tables] rows of side tables that records provide; null if there are none. */
  private final BatchBuilder[] given;

  private int[] ids = new int[64];
  private int idCount;
  private int[] multiOffsets = new int[64];
  private int multiCount;
  private int[] multiIds = new int[64];
  private int multiIdCount;
  private float[] dense = new float[64];
  private int denseCount;
  private float[] labels = new float[16];
  private float[] weights = new float[16];
  private long[] groups = new long[16];
  private int rows;
  private final IdLookups lookups = new IdLookups();

  /** A builder of rows of the given layout. */
  public BatchBuilder(FieldLayout layout) {
    this(layout, null);
  }

  /** A builder of rows of the layout in which they are stored; batches have all fields. */
  BatchBuilder(FieldLayout layout, SideTables tables) {
    this.tables = tables;
    given = new BatchBuilder[tables == null ? 0 : tables.size()];
    singles = layout.singles();
    multis = layout.multis();
    denseWidth = layout.denseWidth();
  }

  /** Rows ended so far. */
  public int rows() {
    return rows;
  }

  /** The builder of rows of side table t that records provide. */
  BatchBuilder given(int t) {
    if (given[t] == null) {
      given[t] = new BatchBuilder(tables.table(t).layout());
    }
    return given[t];
  }

  /** The number of the row of side table t that was provided last. */
  int givenNumber(int t) {
    return tables.table(t).rows() + given[t].rows() - 1;
  }

  /** Memory for the lookups of a row. */
  IdLookups lookups() {
    return lookups;
  }

  /** The id of the row's next single-id field. */
  public void id(int id) {
    if (idCount == ids.length) {
      ids = Arrays.copyOf(ids, more(idCount));
    }
    ids[idCount++] = id;
  }

  /** One more id of the row's next multi field. */
  public void multiId(int id) {
    if (multiIdCount == multiIds.length) {
      multiIds = Arrays.copyOf(multiIds, more(multiIdCount));
    }
    multiIds[multiIdCount++] = id;
  }

  /** Ends the list of the row's next multi field. */
  public void endList() {
    if (multiCount + 1 == multiOffsets.length) {
      multiOffsets = Arrays.copyOf(multiOffsets, more(multiOffsets.length));
    }
    multiOffsets[++multiCount] = multiIdCount;
  }

  /** The next dense number of the row. */
  public void number(float number) {
    if (denseCount == dense.length) {
      dense = Arrays.copyOf(dense, more(denseCount));
    }
    dense[denseCount++] = number;
  }

  /**
   * Ends the row.
   *
   * @throws IllegalStateException when the row has more or fewer numbers than its layout
   */
  public void endRow(float label, float weight, long group) {
    int next = rows + 1;
    if (idCount != (long) next * singles
        || multiCount != (long) next * multis
        || denseCount != (long) next * denseWidth) {
      throw new IllegalStateException(
          String.format(
              "row %d: numbers must be %d ids, %d lists and %d floats, got %d, %d and %d",
              rows,
              singles,
              multis,
              denseWidth,
              idCount - rows * singles,
              multiCount - rows * multis,
              denseCount - rows * denseWidth));
    }
    if (rows == labels.length) {
      labels = Arrays.copyOf(labels, more(rows));
      weights = Arrays.copyOf(weights, more(rows));
      groups = Arrays.copyOf(groups, more(rows));
    }
    labels[rows] = label;
    weights[rows] = weight;
    groups[rows] = group;
    rows = next;
  }

  /** Drops the numbers of an incomplete row. */
  public void dropRow() {
    idCount = rows * singles;
    multiCount = rows * multis;
    multiIdCount = multiOffsets[multiCount];
    denseCount = rows * denseWidth;
  }

  /**
   * The rows so far as a batch of the given block, positions 0 .. N-1; weights are null when all
   * are 1, groups when all are 0.
   */
  public EncodedBatch build(int partition) {
    EncodedBatch batch =
        new EncodedBatch(
            partition,
            Arrays.copyOf(ids, idCount),
            multis == 0 ? null : Arrays.copyOf(multiOffsets, multiCount + 1),
            multis == 0 ? null : Arrays.copyOf(multiIds, multiIdCount),
            denseWidth == 0 ? null : Arrays.copyOf(dense, denseCount),
            Arrays.copyOf(labels, rows),
            allOne() ? null : Arrays.copyOf(weights, rows),
            noGroup() ? null : Arrays.copyOf(groups, rows),
            null);
    rows = 0;
    dropRow();
    if (tables == null) {
      return batch;
    }
    boolean more = false;
    EncodedBatch[] content = new EncodedBatch[given.length];
    for (int t = 0; t < given.length; t++) {
      if (given[t] != null && given[t].rows() > 0) {
        content[t] = given[t].build(0);
        more = true;
      }
    }
    return (more ? tables.and(content) : tables).join(batch);
  }

  private boolean allOne() {
    for (int n = 0; n < rows; n++) {
      if (weights[n] != 1) {
        return false;
      }
    }
    return true;
  }

  private boolean noGroup() {
    for (int n = 0; n < rows; n++) {
      if (groups[n] != 0) {
        return false;
      }
    }
    return true;
  }

  private static int more(int length) {
    return ArrayGrowth.longer(length, TOO_LARGE);
  }
}
