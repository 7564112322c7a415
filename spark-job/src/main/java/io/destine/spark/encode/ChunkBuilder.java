package io.destine.spark.encode;

import io.destine.feature.ByteHash;
import io.destine.feature.FieldSpec;
import io.destine.feature.RawValues;
import io.destine.feature.RecordHash;
import io.destine.feature.Vocabulary;
import io.destine.spark.source.LabelColumns;
import io.destine.spark.source.RawColumns;
import io.destine.spark.source.RowBatch;
import io.destine.spark.source.SourceTable;
import io.destine.spark.source.SplitRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.vectorized.ColumnVector;

/**
 * Checks rows of a table and collects them in a {@link Chunk}, batch by batch, and column by column
 * within a batch. One thread.
 */
final class ChunkBuilder {
  static final int FIRST_ROWS = 1024;

  /** Minimum number of rows taken at once: few rows if values are long, to bound the memory. */
  private static final int LEAST_SLICE = 64;

  private static final int MOST_SLICE = 4096;
  private static final int SLICES = 64;

  private final RowRoles.Names roles;
  private final RawColumns table;
  private final SplitRule rule;
  private final EncodingLimits limits;
  private final Chunk chunk;
  private final FieldColumn[] columns;

  /** Keys of side tables; null for a key that the rows do not have. */
  private final FieldColumn[] keys;

  private final int label;
  private final int weight;
  private final int group;
  private final int date;
  private final int splitDate;

  /** The group column, or null. */
  private final FieldSpec groupColumn;

  /** The split key column, or null. */
  private final FieldSpec key;

  private final int keyColumn;
  private final int corrupt;
  private final Map<String, Integer> dates = new HashMap<>();
  private final Map<String, Integer> splitDates = new HashMap<>();
  private final List<Long> dateHashes = new ArrayList<>();
  private final boolean wholeLabels;

  /** Reasons for the rejected rows of the batch, by row. */
  private final SortedMap<Integer, String> refused = new TreeMap<>();

  private int slice = LEAST_SLICE;
  private int capacity;
  private long textBytes;

  /** A builder for rows of table {@code part}, with their split rule. */
  ChunkBuilder(
      RowRoles.Names roles, RawColumns table, SplitRule rule, int part, EncodingLimits limits) {
    this.roles = roles;
    this.table = table;
    this.rule = rule;
    this.limits = limits;
    List<FieldSpec> fields = roles.fields();
    chunk = new Chunk(part, roles.inputs());
    chunk.table = roles.table();
    columns = new FieldColumn[fields.size()];
    for (int i = 0; i < columns.length; i++) {
      FieldSpec spec = fields.get(i);
      columns[i] = FieldColumn.of(spec, table, place(spec.column()), chunk, roles.place() + i);
    }
    keys = new FieldColumn[roles.keys().size()];
    if (keys.length > 0) {
      chunk.keys = new Chunk(part, keys.length);
      chunk.keys.labels = new byte[0];
    }
    for (int t = 0; t < keys.length; t++) {
      FieldSpec spec = roles.keys().get(t);
      if (spec != null) {
        keys[t] = FieldColumn.of(spec, table, place(spec.column()), chunk.keys, t);
      }
    }
    label = roles.label() == null ? -1 : place(roles.label());
    wholeLabels = label >= 0 && roles.labels().plain() && table.type(label) instanceof IntegerType;
    weight = roles.weight() == null ? -1 : place(roles.weight());
    groupColumn = roles.group() == null ? null : FieldSpec.categorical(roles.group());
    group = groupColumn == null ? -1 : place(groupColumn.column());
    date = roles.date() == null ? -1 : place(roles.date());
    splitDate = roles.splitDate() == null ? -1 : place(roles.splitDate());
    key = roles.splitKey() == null ? null : FieldSpec.categorical(roles.splitKey());
    keyColumn = key == null ? -1 : place(key.column());
    corrupt = table.place(SourceTable.CORRUPT);
    capacity(Math.min(FIRST_ROWS, limits.chunkRows()));
  }

  private int place(String column) {
    int place = table.place(column);
    if (place < 0) {
      throw new IllegalArgumentException("column must be in the table, got " + column);
    }
    return place;
  }

  private void capacity(int rows) {
    capacity = rows;
    for (FieldColumn column : columns) {
      column.capacity(rows);
    }
    for (FieldColumn column : keys) {
      if (column != null) {
        column.capacity(rows);
      }
    }
    chunk.hashes = chunk.hashes == null ? new long[rows] : Arrays.copyOf(chunk.hashes, rows);
    chunk.labels = chunk.labels == null ? new byte[rows] : Arrays.copyOf(chunk.labels, rows);
    if (weight >= 0) {
      chunk.weights = chunk.weights == null ? new float[rows] : Arrays.copyOf(chunk.weights, rows);
    }
    if (group >= 0) {
      chunk.groups = chunk.groups == null ? new long[rows] : Arrays.copyOf(chunk.groups, rows);
    }
    if (date >= 0) {
      chunk.dates = chunk.dates == null ? new int[rows] : Arrays.copyOf(chunk.dates, rows);
    }
    if (splitDate >= 0) {
      chunk.splitDates =
          chunk.splitDates == null ? new int[rows] : Arrays.copyOf(chunk.splitDates, rows);
    }
    if (key != null) {
      chunk.splitKeys =
          chunk.splitKeys == null ? new long[rows] : Arrays.copyOf(chunk.splitKeys, rows);
    }
  }

  /** True if the chunk should take no more rows. */
  boolean full() {
    int taken = chunk.rows + chunk.reasons.size();
    return taken >= limits.chunkRows() || taken > 0 && bytes() >= limits.chunkBytes();
  }

  private long bytes() {
    long bytes = textBytes;
    for (FieldColumn column : columns) {
      bytes += column.heapBytes();
    }
    for (FieldColumn column : keys) {
      bytes += column == null ? 0 : column.heapBytes();
    }
    return bytes;
  }

  /**
   * Adds at least one row of a batch, or the reason why it cannot be read.
   *
   * @param from the first of them
   * @return number of rows taken; fewer than available if the chunk may be full
   */
  int add(RowBatch batch, int from) {
    int taken = chunk.rows + chunk.reasons.size();
    int count = Math.min(batch.rows() - from, Math.min(slice, limits.chunkRows() - taken));
    int[] picked = new int[count];
    for (int i = 0; i < count; i++) {
      picked[i] = from + i;
    }
    if (chunk.rows + count > capacity) {
      long more = Math.max(2L * capacity, chunk.rows + count);
      capacity((int) Math.min(limits.chunkRows(), more));
    }
    long before = bytes();
    int good = count;
    int left = read(batch, picked, good);
    while (left < good) {
      // Rows after a rejected row are at wrong positions until they are read again.
      good = left;
      left = read(batch, picked, good);
    }
    refused.forEach((row, reason) -> bad(reason, batch.row(row)));
    refused.clear();
    chunk.rows += good;
    // Memory is checked once per slice, since a check costs more than a row; values may be long.
    boolean small = bytes() - before < limits.chunkBytes() / SLICES;
    slice = small ? Math.min(MOST_SLICE, 2 * slice) : LEAST_SLICE;
    return count;
  }

  /** Reads a row of the batch into position n of the chunk, or rejects it. */
  private interface RowReader {
    void read(int row, int n);
  }

  /**
   * Reads rows, and returns the number of accepted rows, which are moved to the front of {@code
   * picked}.
   */
  private int each(int[] picked, int count, RowReader reader) {
    int left = 0;
    for (int i = 0; i < count; i++) {
      int row = picked[i];
      try {
        reader.read(row, chunk.rows + i);
        picked[left++] = row;
      } catch (IllegalArgumentException e) {
        refused.put(row, e.getMessage());
      }
    }
    return left;
  }

  /**
   * Reads rows as {@link #each} does. The rows are complete, with their split, only if none is
   * rejected.
   */
  private int read(RowBatch batch, int[] picked, int count) {
    long[] hashes = chunk.hashes;
    int left = count;
    if (corrupt >= 0) {
      left = each(picked, left, (row, n) -> requireWhole(batch, row));
    }
    if (label >= 0) {
      ColumnVector labels = batch.column(label);
      left = each(picked, left, (row, n) -> chunk.labels[n] = label(labels, batch, row));
    }
    if (weight >= 0) {
      left =
          each(
              picked,
              left,
              (row, n) ->
                  chunk.weights[n] =
                      LabelColumns.weight(roles.weight(), table.value(batch.row(row), weight)));
    }
    if (group >= 0) {
      left =
          each(
              picked,
              left,
              (row, n) ->
                  chunk.groups[n] =
                      LabelColumns.group(groupColumn, table.value(batch.row(row), group)));
    }
    if (date >= 0) {
      left =
          each(
              picked,
              left,
              (row, n) -> chunk.dates[n] = date(RawValues.text(table.value(batch.row(row), date))));
    }
    if (splitDate >= 0) {
      left =
          each(
              picked,
              left,
              (row, n) ->
                  chunk.splitDates[n] =
                      index(
                          RawValues.text(table.value(batch.row(row), splitDate)),
                          splitDates,
                          chunk.splitDateTexts));
    }
    if (key != null) {
      left =
          each(
              picked,
              left,
              (row, n) ->
                  chunk.splitKeys[n] =
                      LabelColumns.splitKey(key, table.value(batch.row(row), keyColumn)));
    }
    Arrays.fill(hashes, chunk.rows, chunk.rows + left, columns.length);
    for (FieldColumn column : columns) {
      column.begin(batch);
      left =
          each(
              picked,
              left,
              (row, n) -> hashes[n] = RecordHash.combine(hashes[n], column.read(row, n)));
    }
    for (FieldColumn column : keys) {
      if (column != null) {
        column.begin(batch);
        left =
            each(
                picked,
                left,
                (row, n) -> hashes[n] = RecordHash.combine(hashes[n], key(column, row, n)));
      }
    }
    return left < count ? left : each(picked, left, (row, n) -> complete(n));
  }

  /** The hash of a key; a row of a side table must have one. */
  private long key(FieldColumn column, int row, int n) {
    long hash = column.read(row, n);
    if (roles.table() >= 0 && hash == RecordHash.MISSING) {
      throw new IllegalArgumentException(
          "column \"" + column.spec.column() + "\": the key is missing");
    }
    return hash;
  }

  private void requireWhole(RowBatch batch, int row) {
    if (!batch.column(corrupt).isNullAt(row)) {
      throw new IllegalArgumentException(SourceTable.UNEVEN);
    }
  }

  private byte label(ColumnVector labels, RowBatch batch, int row) {
    if (wholeLabels && !labels.isNullAt(row)) {
      int whole = labels.getInt(row);
      if (whole == 0 || whole == 1) {
        return (byte) whole;
      }
    }
    return (byte) LabelColumns.label(roles.labels(), table.value(batch.row(row), label));
  }

  /**
   * Completes the hash of row n; rejects the row if rows are split by date and its date is invalid.
   */
  private void complete(int n) {
    chunk.hashes[n] = RowHash.complete(chunk, n, chunk.hashes[n], dateHashes);
    chunk.split(n, chunk.hashes[n], rule);
  }

  private int date(String text) {
    int index = index(text, dates, chunk.dateTexts);
    if (index == dateHashes.size()) {
      dateHashes.add(RowHash.ofDate(text));
    }
    return index;
  }

  /** The index of a text among the distinct ones so far; -1 for none. */
  private static int index(String text, Map<String, Integer> places, List<String> texts) {
    if (text == null) {
      return -1;
    }
    return places.computeIfAbsent(
        text,
        t -> {
          texts.add(t);
          return texts.size() - 1;
        });
  }

  private void bad(String reason, InternalRow row) {
    String text =
        reason.equals(SourceTable.UNEVEN) && corrupt >= 0 && !row.isNullAt(corrupt)
            ? row.getUTF8String(corrupt).toString()
            : table.json(row);
    chunk.reasons.add(reason);
    chunk.texts.add(text);
    textBytes += 2L * text.length() + reason.length();
  }

  private void replaceValuesByBuckets(int m, FieldSpec field) {
    ValueTable values = chunk.values[m];
    NumberTable numbers = chunk.numbers[m];
    int[] buckets = new int[values != null ? values.count() : numbers.count()];
    for (int i = 0; i < buckets.length; i++) {
      long hash =
          values != null
              ? ByteHash.of(m, values.bytes(), values.from(i), values.length(i))
              : ByteHash.of(m, RawValues.text(numbers.number(i)));
      buckets[i] = Vocabulary.bucket(hash, field.hashBuckets());
    }
    int[] places = chunk.single[m] != null ? chunk.single[m] : chunk.list[m];
    for (int i = 0; i < places.length; i++) {
      places[i] = places[i] < 0 ? places[i] : buckets[places[i]];
    }
    chunk.values[m] = null;
    chunk.numbers[m] = null;
  }

  /** Builds the chunk; the last call. */
  Chunk build() {
    capacity(chunk.rows);
    for (int t = 0; t < keys.length; t++) {
      if (keys[t] != null) {
        chunk.keys.values[t].complete();
      }
    }
    for (int i = 0; i < columns.length; i++) {
      int m = roles.place() + i;
      if (chunk.values[m] != null) {
        chunk.values[m].complete();
      }
      if (chunk.numbers[m] != null) {
        chunk.numbers[m].complete();
      }
      if (chunk.list[m] != null) {
        int used = chunk.rows == 0 ? 0 : chunk.listEnds[m][chunk.rows - 1];
        chunk.list[m] = Arrays.copyOf(chunk.list[m], used);
      }
      if (roles.fields().get(i).hashed()) {
        replaceValuesByBuckets(m, roles.fields().get(i));
      }
    }
    return chunk;
  }
}
