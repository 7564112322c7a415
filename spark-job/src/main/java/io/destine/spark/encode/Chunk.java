package io.destine.spark.encode;

import io.destine.feature.PackedArrays;
import io.destine.spark.source.LabelColumns;
import io.destine.spark.source.SplitRule;
import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Checked rows of one task in compact form: each field's distinct values once, and for each row the
 * indices of its values. All later stages work on the indices; a value is looked up in the
 * vocabulary once per chunk. For a field with hash buckets the chunk has no values, only their
 * buckets. Immutable once built.
 *
 * <p>Field m has a {@link ValueTable} ({@code values[m]}) when it is categorical, multi or text, a
 * {@link NumberTable} ({@code numbers[m]}) when it is numeric and has ids; {@code single[m]} holds
 * the index of each row's value in the table, or its hash bucket; -1 if missing. A multi or text
 * field has lists: the list of row n is {@code list[m]} from {@code listEnds[m][n - 1]} to {@code
 * listEnds[m][n]}. A linear field has its numbers in {@code linear[m]}, NaN when missing, a vector
 * its {@link VectorPages} in {@code vectors[m]}.
 *
 * <p>Rows of a side table have only the fields of that table, and rows of the log only the fields
 * of the log; other fields are empty. The keys of side tables are fields of a separate chunk.
 */
public final class Chunk implements Externalizable {
  private static final long serialVersionUID = 1;

  /** Bytes of a row in its own arrays: hash, label, date, split key or split date. */
  static final int ROW_BYTES = 8 + 1 + 4 + 8;

  int part;
  int rows;

  /** The side table of the rows; -1 for the log. */
  int table = -1;

  /** Keys by side table, as categorical fields; null if there is no side table. */
  Chunk keys;

  /** [rows] hash of the row's content. */
  long[] hashes;

  /** [rows] 0 or 1, or 2 for a row that is left out. */
  byte[] labels;

  /** [rows], or null when there is no weight column. */
  float[] weights;

  /** [rows], or null when there is no group column. */
  long[] groups;

  /** [rows] index into {@link #dateTexts}, -1 for none; null if there is no date column. */
  int[] dates;

  /**
   * [rows] index into {@link #splitDateTexts}, -1 for none; null if rows are split by {@link
   * #dates} or not by date.
   */
  int[] splitDates;

  /** [rows] {@link SplitRule}'s keys; null when there is no key column. */
  long[] splitKeys;

  List<String> dateTexts = new ArrayList<>();
  List<String> splitDateTexts = new ArrayList<>();

  ValueTable[] values;
  NumberTable[] numbers;
  int[][] single;
  int[][] listEnds;
  int[][] list;
  double[][] linear;
  VectorPages[] vectors;

  /** Rows that could not be read: the reasons, and the texts of the rows. */
  List<String> reasons = new ArrayList<>();

  List<String> texts = new ArrayList<>();

  /** For deserialization. */
  public Chunk() {}

  Chunk(int part, int fields) {
    this.part = part;
    values = new ValueTable[fields];
    numbers = new NumberTable[fields];
    single = new int[fields][];
    listEnds = new int[fields][];
    list = new int[fields][];
    linear = new double[fields][];
    vectors = new VectorPages[fields];
  }

  /** The same rows with room for more fields after the others; arrays are shared. */
  Chunk with(int moreFields) {
    int fields = fields() + moreFields;
    Chunk chunk = withFields(0);
    chunk.values = Arrays.copyOf(values, fields);
    chunk.numbers = Arrays.copyOf(numbers, fields);
    chunk.single = Arrays.copyOf(single, fields);
    chunk.listEnds = Arrays.copyOf(listEnds, fields);
    chunk.list = Arrays.copyOf(list, fields);
    chunk.linear = Arrays.copyOf(linear, fields);
    chunk.vectors = Arrays.copyOf(vectors, fields);
    return chunk;
  }

  /** The same rows with room for other fields instead of these. */
  Chunk withFields(int fields) {
    Chunk chunk = new Chunk(part, fields);
    chunk.rows = rows;
    chunk.table = table;
    chunk.keys = keys;
    chunk.hashes = hashes;
    chunk.labels = labels;
    chunk.weights = weights;
    chunk.groups = groups;
    chunk.dates = dates;
    chunk.splitKeys = splitKeys;
    chunk.dateTexts = dateTexts;
    chunk.splitDates = splitDates;
    chunk.splitDateTexts = splitDateTexts;
    chunk.reasons = reasons;
    chunk.texts = texts;
    return chunk;
  }

  /** M, the number of fields. */
  int fields() {
    return values.length;
  }

  /** Number of distinct values and numbers of all fields. */
  long distinct() {
    long distinct = 0;
    for (int m = 0; m < fields(); m++) {
      distinct += values[m] == null ? 0 : values[m].count();
      distinct += numbers[m] == null ? 0 : numbers[m].count();
    }
    return distinct;
  }

  /**
   * The split of row n, or {@link SplitChunk#DROPPED} for a row without a label.
   *
   * @param hash distinguishes equal rows
   */
  byte split(int n, long hash, SplitRule rule) {
    long key = splitKeys == null ? 0 : splitKeys[n];
    String date =
        splitDates == null ? text(dates, dateTexts, n) : text(splitDates, splitDateTexts, n);
    int split = rule.split(hash, key, date);
    return labels[n] == LabelColumns.NEITHER ? SplitChunk.DROPPED : (byte) split;
  }

  private static String text(int[] indices, List<String> texts, int n) {
    return indices == null || indices[n] < 0 ? null : texts.get(indices[n]);
  }

  /** A checksum that other rows, or another order, are very unlikely to have. */
  long fingerprint() {
    long h = rows;
    for (int n = 0; n < rows; n++) {
      h = h * 31 + hashes[n];
    }
    return h * 31 + reasons.size();
  }

  @Override
  public void writeExternal(ObjectOutput out) throws IOException {
    PackedArrays arrays = new PackedArrays(out);
    out.writeInt(part);
    out.writeInt(rows);
    out.writeInt(fields());
    out.writeInt(table);
    out.writeBoolean(keys != null);
    if (keys != null) {
      keys.writeExternal(out);
    }
    arrays.write(hashes);
    out.write(labels, 0, rows);
    arrays.write(weights);
    arrays.write(groups);
    arrays.write(dates);
    arrays.write(splitDates);
    arrays.write(splitKeys);
    out.writeObject(new ArrayList<>(dateTexts));
    out.writeObject(new ArrayList<>(splitDateTexts));
    out.writeObject(new ArrayList<>(reasons));
    out.writeObject(new ArrayList<>(texts));
    for (int m = 0; m < fields(); m++) {
      out.writeBoolean(values[m] != null);
      if (values[m] != null) {
        values[m].write(out);
      }
      out.writeBoolean(numbers[m] != null);
      if (numbers[m] != null) {
        numbers[m].write(out);
      }
      arrays.write(single[m]);
      arrays.write(listEnds[m]);
      arrays.write(list[m]);
      arrays.write(linear[m]);
      VectorPages.write(vectors[m], out, arrays);
    }
  }

  @Override
  @SuppressWarnings("unchecked")
  public void readExternal(ObjectInput in) throws IOException, ClassNotFoundException {
    part = in.readInt();
    rows = in.readInt();
    int fields = in.readInt();
    table = in.readInt();
    if (in.readBoolean()) {
      keys = new Chunk();
      keys.readExternal(in);
    }
    hashes = PackedArrays.readLongs(in);
    labels = new byte[rows];
    in.readFully(labels);
    weights = PackedArrays.readFloats(in);
    groups = PackedArrays.readLongs(in);
    dates = PackedArrays.readInts(in);
    splitDates = PackedArrays.readInts(in);
    splitKeys = PackedArrays.readLongs(in);
    dateTexts = (List<String>) in.readObject();
    splitDateTexts = (List<String>) in.readObject();
    reasons = (List<String>) in.readObject();
    texts = (List<String>) in.readObject();
    values = new ValueTable[fields];
    numbers = new NumberTable[fields];
    single = new int[fields][];
    listEnds = new int[fields][];
    list = new int[fields][];
    linear = new double[fields][];
    vectors = new VectorPages[fields];
    for (int m = 0; m < fields; m++) {
      values[m] = in.readBoolean() ? ValueTable.read(in) : null;
      numbers[m] = in.readBoolean() ? NumberTable.read(in) : null;
      single[m] = PackedArrays.readInts(in);
      listEnds[m] = PackedArrays.readInts(in);
      list[m] = PackedArrays.readInts(in);
      linear[m] = PackedArrays.readDoubles(in);
      vectors[m] = VectorPages.read(in);
    }
  }
}
