package io.destine.spark.predict;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.spark.conf.UserError;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Encoded rows in an order that depends only on the rows. Immutable.
 *
 * @param fields of the rows
 * @param rows all of them
 */
record SampledRows(FieldLayout fields, EncodedBatch rows) implements Serializable {

  private static final int LONGEST = Integer.MAX_VALUE - 8;

  /**
   * The length of an array with {@code numbers} elements in total.
   *
   * @param rows number of rows, for the message
   * @throws UserError if it is too long
   */
  static int length(long rows, long numbers) {
    if (numbers > LONGEST) {
      throw new UserError(
          String.format(
              Locale.ROOT,
              "%,d rows with %,d ids or numbers in total are too many to explain a model with: the"
                  + " limit is %,d; choose fewer rows with --rows",
              rows,
              numbers,
              LONGEST));
    }
    return (int) numbers;
  }

  /**
   * Combines batches.
   *
   * @throws UserError if they have too many rows
   */
  static SampledRows of(FieldLayout fields, List<EncodedBatch> batches) {
    long rows = batches.stream().mapToLong(EncodedBatch::rows).sum();
    int count = length(rows, rows);
    int[] ids = new int[length(rows, rows * fields.singles())];
    int[] offsets = new int[length(rows, rows * fields.multis() + 1)];
    int[] multiIds =
        new int[length(rows, batches.stream().mapToLong(batch -> batch.multiIds().length).sum())];
    float[] dense = new float[length(rows, rows * fields.denseWidth())];
    float[] labels = new float[count];
    float[] weights = new float[count];
    int row = 0;
    int multi = 0;
    for (EncodedBatch batch : batches) {
      int n = batch.rows();
      System.arraycopy(batch.ids(), 0, ids, row * fields.singles(), n * fields.singles());
      System.arraycopy(batch.dense(), 0, dense, row * fields.denseWidth(), n * fields.denseWidth());
      System.arraycopy(batch.labels(), 0, labels, row, n);
      System.arraycopy(batch.multiIds(), 0, multiIds, multi, batch.multiIds().length);
      for (int i = 0; i < n; i++) {
        weights[row + i] = batch.weight(i);
      }
      for (int i = 1; i <= n * fields.multis(); i++) {
        offsets[row * fields.multis() + i] = multi + batch.multiOffsets()[i];
      }
      row += n;
      multi += batch.multiIds().length;
    }
    EncodedBatch all =
        new EncodedBatch(0, ids, offsets, multiIds, dense, labels, weights, null, null);
    long[] hashes = new long[count];
    Arrays.setAll(hashes, all::inputHash);
    int[] order =
        IntStream.range(0, count)
            .boxed()
            .sorted(
                Comparator.<Integer>comparingLong(n -> hashes[n])
                    .thenComparing(n -> labels[n])
                    .thenComparing(n -> weights[n]))
            .mapToInt(Integer::intValue)
            .toArray();
    return new SampledRows(fields, all.select(order, 0, count));
  }

  /**
   * The rows with the values of one field exchanged: row n has the values of row {@code from[n]}.
   *
   * @param m the field
   */
  EncodedBatch exchanged(int m, int[] from) {
    int column = fields.column(m);
    return switch (fields.field(m).kind()) {
      case ID -> {
        int s = fields.singles();
        int[] ids = rows.ids().clone();
        for (int n = 0; n < from.length; n++) {
          ids[n * s + column] = rows.ids()[from[n] * s + column];
        }
        yield rows.withIds(ids, rows.multiIds());
      }
      case LINEAR -> withDense(column, 1, from);
      case VECTOR -> withDense(column, fields.field(m).length(), from);
      case MULTI -> withLists(column, from);
    };
  }

  private EncodedBatch withDense(int column, int length, int[] from) {
    int w = fields.denseWidth();
    float[] dense = rows.dense().clone();
    for (int n = 0; n < from.length; n++) {
      System.arraycopy(rows.dense(), from[n] * w + column, dense, n * w + column, length);
    }
    return with(rows.multiOffsets(), rows.multiIds(), dense);
  }

  private EncodedBatch withLists(int column, int[] from) {
    int u = fields.multis();
    int[] offsets = new int[rows.multiOffsets().length];
    int[] ids = new int[rows.multiIds().length];
    for (int n = 0; n < from.length; n++) {
      for (int list = 0; list < u; list++) {
        int source = (list == column ? from[n] : n) * u + list;
        int begin = rows.multiOffsets()[source];
        int length = rows.multiOffsets()[source + 1] - begin;
        int at = offsets[n * u + list];
        System.arraycopy(rows.multiIds(), begin, ids, at, length);
        offsets[n * u + list + 1] = at + length;
      }
    }
    return with(offsets, ids, rows.dense());
  }

  private EncodedBatch with(int[] offsets, int[] multiIds, float[] dense) {
    return new EncodedBatch(
        0, rows.ids(), offsets, multiIds, dense, rows.labels(), rows.weights(), null, null);
  }
}
