package io.destine.feature;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The side tables of a data set or a model: maps keys to row numbers, and adds the fields of the
 * side tables to rows of the log with these numbers. Immutable and thread-safe.
 */
public final class SideTables {
  private final FieldLayout layout;
  private final FieldLayout stored;
  private final List<TableContent> tables;

  /** Keys by ranges of their hashes; the field of a key is its table, the id its row's number. */
  private final VocabularyShard[] keys;

  /** [M] the table of each field, -1 for the log. */
  private final int[] tableOf;

  /** [M] the field's column in its table. */
  private final int[] columnOf;

  /**
   * The side tables of the given fields.
   *
   * @param fields the fields with these side tables
   * @param keys shards by the highest bits of their hashes, their number a power of two; none if
   *     keys are not looked up
   * @param tables in the order of the fields' tables
   */
  public SideTables(FittedFields fields, List<VocabularyShard> keys, List<TableContent> tables) {
    layout = fields.layout();
    stored = fields.storedLayout();
    this.keys = keys.toArray(VocabularyShard[]::new);
    this.tables = List.copyOf(tables);
    if (tables.size() != fields.tables().size()) {
      throw new IllegalArgumentException(
          "number of side tables must be " + fields.tables().size() + ", got " + tables.size());
    }
    tableOf = new int[layout.size()];
    columnOf = new int[layout.size()];
    for (int t = -1; t < tables.size(); t++) {
      int[] own = fields.ofTable(t);
      FieldLayout of = t < 0 ? stored : tables.get(t).layout();
      for (int i = 0; i < own.length; i++) {
        tableOf[own[i]] = t;
        columnOf[own[i]] = of.column(i);
      }
    }
  }

  private SideTables(SideTables of, List<TableContent> tables) {
    layout = of.layout;
    stored = of.stored;
    keys = of.keys;
    tableOf = of.tableOf;
    columnOf = of.columnOf;
    this.tables = tables;
  }

  /**
   * The same tables, each with additional rows at its end.
   *
   * @param given [tables] additional rows in the table's layout; null for none
   */
  SideTables and(EncodedBatch[] given) {
    List<TableContent> more = new ArrayList<>();
    for (int t = 0; t < given.length; t++) {
      more.add(given[t] == null ? tables.get(t) : tables.get(t).and(given[t]));
    }
    return new SideTables(this, more);
  }

  /** Number of tables. */
  public int size() {
    return tables.size();
  }

  /** The rows of a table. */
  public TableContent table(int t) {
    return tables.get(t);
  }

  /** The row number of a key in table t; 0 for a missing or unknown key. */
  public int number(int t, String key) {
    return key == null ? 0 : number(t, key.getBytes(StandardCharsets.UTF_8));
  }

  private int number(int t, byte[] bytes) {
    long hash = ByteHash.of(t, bytes, 0, bytes.length);
    int bits = Integer.numberOfTrailingZeros(keys.length);
    int id = keys[(int) (hash >>> 1 >>> (63 - bits))].id(t, bytes, 0, bytes.length, hash);
    return Math.max(0, id);
  }

  /** The id of field m, a single-id field of a side table, in a row of the table. */
  public int id(int m, int number) {
    return tables.get(tableOf[m]).id(number, columnOf[m]);
  }

  /** Number of ids of field m, a multi field of a side table, in a row of the table. */
  public int listLength(int m, int number) {
    return tables.get(tableOf[m]).listLength(number, columnOf[m]);
  }

  /** Copies these ids to the beginning of an array. */
  public void list(int m, int number, int[] to) {
    tables.get(tableOf[m]).list(number, columnOf[m], to, 0);
  }

  /** Copies the numbers of field m of a side table in a row of the table to an array. */
  public void numbers(int m, int number, float[] to, int at) {
    int length = layout.field(m).length();
    tables.get(tableOf[m]).numbers(number, columnOf[m], to, at, length);
  }

  /**
   * How a table differs from an earlier one.
   *
   * @param added keys that only the later table has
   * @param removed keys that only the earlier table has
   * @param changed keys in both whose ids or numbers differ
   */
  public record Changes(long added, long removed, long changed) {}

  /**
   * How table t differs from an earlier table. Ids must have the same meaning in both, as in a
   * vocabulary and its extension. A value that had no id before and has one now counts as a
   * difference.
   *
   * @param before contains the earlier table
   * @param u its number there
   * @return empty when the fields of both tables differ
   */
  public Optional<Changes> changes(int t, SideTables before, int u) {
    TableContent now = tables.get(t);
    TableContent old = before.tables.get(u);
    if (!now.layout().equals(old.layout())) {
      return Optional.empty();
    }
    long added = 0;
    long changed = 0;
    for (VocabularyShard shard : keys) {
      for (int i = 0; i < shard.count(); i++) {
        if (shard.field(i) == t) {
          int number = before.number(u, shard.value(i));
          added += number == 0 ? 1 : 0;
          changed += number != 0 && !now.isRow(shard.id(i), old, number) ? 1 : 0;
        }
      }
    }
    long both = now.rows() - 1L - added;
    return Optional.of(new Changes(added, old.rows() - 1L - both, changed));
  }

  /** Some keys of table t that have rows, at most {@code most}. */
  public List<String> keys(int t, int most) {
    return Arrays.stream(keys)
        .flatMap(
            shard ->
                IntStream.range(0, shard.count())
                    .filter(i -> shard.field(i) == t)
                    .mapToObj(i -> new String(shard.value(i), StandardCharsets.UTF_8)))
        .limit(most)
        .toList();
  }

  /**
   * Rows with the fields of all tables.
   *
   * @param batch rows of {@link FittedFields#storedLayout}
   * @return the same rows in the layout of the network
   */
  public EncodedBatch join(EncodedBatch batch) {
    return join(batch, true);
  }

  /** The same rows without dense numbers. */
  public EncodedBatch joinIds(EncodedBatch batch) {
    return join(batch, false);
  }

  /**
   * The same rows in several batches.
   *
   * @param most rows of each
   */
  public Iterator<EncodedBatch> joined(EncodedBatch batch, int most) {
    int rows = batch.rows();
    int[] order = IntStream.range(0, rows).toArray();
    return IntStream.iterate(0, from -> from < rows, from -> from + most)
        .mapToObj(from -> join(batch.select(order, from, Math.min(rows, from + most))))
        .iterator();
  }

  private EncodedBatch join(EncodedBatch batch, boolean numbers) {
    int rows = batch.rows();
    int[] ids = new int[rows * layout.singles()];
    float[] dense = new float[numbers ? rows * layout.denseWidth() : 0];
    int[] offsets = new int[rows * layout.multis() + 1];
    for (int m = 0; m < layout.size(); m++) {
      FieldShape field = layout.field(m);
      for (int n = 0; n < rows; n++) {
        switch (field.kind()) {
          case ID -> ids[n * layout.singles() + layout.column(m)] = id(batch, m, n);
          case MULTI ->
              offsets[n * layout.multis() + layout.column(m) + 1] = listLength(batch, m, n);
          case LINEAR, VECTOR -> {
            if (numbers) {
              int at = n * layout.denseWidth() + layout.column(m);
              numbers(batch, m, n, dense, at, field.length());
            }
          }
        }
      }
    }
    for (int i = 1; i < offsets.length; i++) {
      offsets[i] += offsets[i - 1];
    }
    int[] listIds = new int[offsets[offsets.length - 1]];
    for (int m = 0; m < layout.size(); m++) {
      if (layout.field(m).kind() == FieldShape.Kind.MULTI) {
        for (int n = 0; n < rows; n++) {
          list(batch, m, n, listIds, offsets[n * layout.multis() + layout.column(m)]);
        }
      }
    }
    return batch.withInputs(ids, offsets, listIds, dense);
  }

  /** The row number, in field m's table, for row n of the log. */
  private int numberOf(EncodedBatch batch, int m, int n) {
    int column = stored.singles() - tables.size() + tableOf[m];
    return batch.ids()[n * stored.singles() + column];
  }

  private int id(EncodedBatch batch, int m, int n) {
    return tableOf[m] < 0
        ? batch.ids()[n * stored.singles() + columnOf[m]]
        : tables.get(tableOf[m]).id(numberOf(batch, m, n), columnOf[m]);
  }

  private int listLength(EncodedBatch batch, int m, int n) {
    if (tableOf[m] >= 0) {
      return tables.get(tableOf[m]).listLength(numberOf(batch, m, n), columnOf[m]);
    }
    int list = n * stored.multis() + columnOf[m];
    return batch.multiOffsets()[list + 1] - batch.multiOffsets()[list];
  }

  private void list(EncodedBatch batch, int m, int n, int[] to, int at) {
    if (tableOf[m] >= 0) {
      tables.get(tableOf[m]).list(numberOf(batch, m, n), columnOf[m], to, at);
      return;
    }
    int list = n * stored.multis() + columnOf[m];
    int from = batch.multiOffsets()[list];
    System.arraycopy(batch.multiIds(), from, to, at, batch.multiOffsets()[list + 1] - from);
  }

  private void numbers(EncodedBatch batch, int m, int n, float[] to, int at, int length) {
    if (tableOf[m] >= 0) {
      tables.get(tableOf[m]).numbers(numberOf(batch, m, n), columnOf[m], to, at, length);
      return;
    }
    System.arraycopy(batch.dense(), n * stored.denseWidth() + columnOf[m], to, at, length);
  }
}
