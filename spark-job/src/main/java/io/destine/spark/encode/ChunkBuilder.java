package io.destine.spark.encode;

import io.destine.feature.ByteHash;
import io.destine.feature.FieldSpec;
import io.destine.feature.RawValues;
import io.destine.feature.RecordHash;
import io.destine.spark.source.LabelColumns;
import io.destine.spark.source.RawColumns;
import io.destine.spark.source.SourceTable;
import io.destine.spark.source.SplitRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Checks rows of a table one after the other and collects them into a {@link Chunk}. One thread.
 */
final class ChunkBuilder {
  /** A constant in the place of a row's weight: a common factor of all weights moves no row. */
  private static final int WEIGHT = Float.floatToIntBits(1);

  private static final long DATE_SEED = 4;
  private static final int FIRST_ROWS = 1024;
  private static final int ROWS_BETWEEN_LOOKS = 64;

  private final RowRoles.Names roles;
  private final RawColumns table;
  private final SplitRule rule;
  private final EncodingLimits limits;
  private final Chunk chunk;
  private final FieldColumn[] columns;
  private final int label;
  private final int weight;
  private final int group;
  private final int date;
  private final int corrupt;
  private final Map<String, Integer> dates = new HashMap<>();
  private final List<Long> dateHashes = new ArrayList<>();
  private int capacity;
  private long textBytes;

  /** A builder for rows of table {@code part}, which are split by the rule. */
  ChunkBuilder(
      RowRoles.Names roles, RawColumns table, SplitRule rule, int part, EncodingLimits limits) {
    this.roles = roles;
    this.table = table;
    this.rule = rule;
    this.limits = limits;
    List<FieldSpec> fields = roles.fields();
    chunk = new Chunk(part, fields.size());
    columns = new FieldColumn[fields.size()];
    for (int m = 0; m < columns.length; m++) {
      FieldSpec spec = fields.get(m);
      columns[m] = FieldColumn.of(spec, table, place(spec.column()), chunk, m);
    }
    label = place(roles.label());
    weight = roles.weight() == null ? -1 : place(roles.weight());
    group = roles.group() == null ? -1 : place(roles.group());
    date = roles.date() == null ? -1 : place(roles.date());
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
  }

  /** True when the chunk should not take another row. */
  boolean full() {
    int taken = chunk.rows + chunk.reasons.size();
    if (taken >= limits.chunkRows()) {
      return true;
    }
    // Adding up costs more than a row; a chunk has one row at least.
    if (taken == 0 || taken % ROWS_BETWEEN_LOOKS != 0) {
      return false;
    }
    long bytes = textBytes;
    for (FieldColumn column : columns) {
      bytes += column.heapBytes();
    }
    return bytes >= limits.chunkBytes();
  }

  /** Adds a row, or why it cannot be read. */
  void add(InternalRow row) {
    if (corrupt >= 0 && !row.isNullAt(corrupt)) {
      bad(SourceTable.UNEVEN, row.getUTF8String(corrupt).toString());
      return;
    }
    int n = chunk.rows;
    if (n == capacity) {
      capacity((int) Math.min(limits.chunkRows(), 2L * capacity));
    }
    try {
      float y = LabelColumns.label(table.value(row, label));
      long h = columns.length;
      if (weight >= 0) {
        chunk.weights[n] = LabelColumns.weight(roles.weight(), table.value(row, weight));
      }
      long g = group < 0 ? 0 : LabelColumns.group(table.value(row, group));
      int day = date < 0 ? -1 : date(RawValues.text(table.value(row, date)));
      for (FieldColumn column : columns) {
        h = RecordHash.combine(h, column.read(row, n));
      }
      h = RecordHash.combine(h, Float.floatToIntBits(y));
      h = RecordHash.combine(h, WEIGHT);
      h = RecordHash.combine(h, g);
      chunk.hashes[n] = RecordHash.combine(h, day < 0 ? 0 : dateHashes.get(day));
      // Refuses a row whose date splits rows and is none.
      rule.split(chunk.hashes[n], day < 0 ? null : chunk.dateTexts.get(day));
      chunk.labels[n] = (byte) y;
      if (group >= 0) {
        chunk.groups[n] = g;
      }
      if (date >= 0) {
        chunk.dates[n] = day;
      }
      chunk.rows = n + 1;
    } catch (IllegalArgumentException e) {
      bad(e.getMessage(), table.json(row));
    }
  }

  private int date(String text) {
    if (text == null) {
      return -1;
    }
    return dates.computeIfAbsent(
        text,
        t -> {
          chunk.dateTexts.add(t);
          dateHashes.add(ByteHash.of(DATE_SEED, t));
          return dateHashes.size() - 1;
        });
  }

  private void bad(String reason, String text) {
    chunk.reasons.add(reason);
    chunk.texts.add(text);
    textBytes += 2L * text.length() + reason.length();
  }

  /** The rows so far; the last call. */
  Chunk build() {
    capacity(chunk.rows);
    for (int m = 0; m < columns.length; m++) {
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
    }
    return chunk;
  }
}
