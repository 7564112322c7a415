package io.destine.feature;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;

/**
 * Encodes raw records as rows, in the same way for training, batch scoring and a scorer without
 * Spark. Immutable and thread-safe, with a builder for each thread.
 *
 * <p>A missing value of a field with ids has a separate id, in a multi field the only id of the
 * list; a missing number of a linear field is replaced by the mean, a missing vector by zeros.
 */
public final class FeatureEncoder {
  private static final int[] NO_ROWS = {};

  private final FittedFields fields;
  private final Vocabulary vocabulary;
  private final SideTables tables;
  private final FieldLayout layout;

  /** The columns of a row of the log: its fields, then the keys of side tables. */
  private final List<FieldSpec> ofLog;

  /** Fields of the log. */
  private final int inputs;

  /** [tables] fields of each side table, by index. */
  private final int[][] ofTable;

  /** [tables] fields of each side table whose column is not one of the log's, by index. */
  private final int[][] ownColumns;

  /** Index of the first cross. */
  private final int firstCross;

  /** [crosses][parts] columns of the parts' ids among the ids of a row. */
  private final int[][] crossColumns;

  /** [rates] column of the source field's id among the ids of a row. */
  private final int[] rateColumns;

  private final RateIds rates;

  /**
   * The encoder of the given fields.
   *
   * @throws IllegalArgumentException when the vocabulary is of other fields or hash buckets
   */
  public FeatureEncoder(FittedFields fields, Vocabulary vocabulary) {
    this(fields, vocabulary, null);
  }

  /**
   * The encoder of the given fields.
   *
   * @param tables the side tables of the fields; null when there are none
   * @throws IllegalArgumentException when the vocabulary belongs to other fields or hash buckets,
   *     or the number of side tables is not that of the fields
   */
  public FeatureEncoder(FittedFields fields, Vocabulary vocabulary, SideTables tables) {
    if (fields.tables().size() != (tables == null ? 0 : tables.size())) {
      throw new IllegalArgumentException(
          "number of side tables must be "
              + fields.tables().size()
              + ", got "
              + (tables == null ? 0 : tables.size()));
    }
    List<String> names = fields.specs().stream().map(FieldSpec::name).toList();
    if (!names.equals(vocabulary.fields())) {
      throw new IllegalArgumentException(
          "vocabulary: fields must be " + names + ", got " + vocabulary.fields());
    }
    for (int m = 0; m < names.size(); m++) {
      int buckets = fields.specs().get(m).hashBuckets();
      if (buckets != vocabulary.hashBuckets(m)) {
        throw new IllegalArgumentException(
            String.format(
                "vocabulary: hash buckets of field %s must be %d, got %d",
                names.get(m), buckets, vocabulary.hashBuckets(m)));
      }
    }
    this.fields = fields;
    this.vocabulary = vocabulary;
    this.tables = tables;
    layout = fields.layout();
    ofLog = fields.ofLog();
    inputs = ofLog.size() - fields.tables().size();
    firstCross = fields.firstDerived();
    ofTable = new int[fields.tables().size()][];
    Arrays.setAll(ofTable, fields::ofTable);
    Set<String> ofRow = ofLog.stream().map(FieldSpec::column).collect(Collectors.toSet());
    ownColumns = new int[ofTable.length][];
    Arrays.setAll(
        ownColumns,
        t ->
            Arrays.stream(ofTable[t])
                .filter(m -> !ofRow.contains(fields.specs().get(m).column()))
                .toArray());
    crossColumns = fields.crosses();
    for (int[] parts : crossColumns) {
      for (int i = 0; i < parts.length; i++) {
        parts[i] = layout.column(parts[i]);
      }
    }
    // Fields of the log come first, then those of side tables, then crosses.
    int ofTables = firstCross < layout.size() ? layout.column(firstCross) : 0;
    ofTables -= singles(layout, inputs);
    int between = ofTables;
    rates = new RateIds(fields, vocabulary);
    rateColumns =
        Arrays.stream(fields.rates())
            .map(m -> layout.column(m) - (m < firstCross ? 0 : between))
            .toArray();
  }

  /** Fields with one id among the first ones. */
  private static int singles(FieldLayout layout, int fields) {
    int singles = 0;
    for (int m = 0; m < fields; m++) {
      singles += layout.field(m).kind() == FieldShape.Kind.ID ? 1 : 0;
    }
    return singles;
  }

  /** A builder for the rows that this encoder encodes. */
  public BatchBuilder newBatch() {
    return tables == null
        ? new BatchBuilder(layout)
        : new BatchBuilder(fields.storedLayout(), tables);
  }

  /** The side tables of the fields; null when there are none. */
  public SideTables tables() {
    return tables;
  }

  /** The fields of a record, in order: the fields of the log, then the keys of side tables. */
  public List<FieldSpec> ofLog() {
    return ofLog;
  }

  /** The columns of side tables that a record of {@link #record} may have. */
  public Set<String> contentColumns() {
    return Arrays.stream(ownColumns)
        .flatMapToInt(Arrays::stream)
        .mapToObj(m -> fields.specs().get(m).column())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The layout of the rows. */
  public FieldLayout layout() {
    return layout;
  }

  /** The fields in order. */
  public FittedFields fields() {
    return fields;
  }

  /** The ids of rates. */
  public RateIds rates() {
    return rates;
  }

  /** The ids of values. */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /**
   * Adds the numbers of one record; the caller calls {@link BatchBuilder#endRow}. After an
   * exception the numbers of the record are dropped.
   *
   * @param record with the values of {@link #ofLog}
   * @param into a builder of {@link #newBatch}
   * @throws IllegalArgumentException naming the field with a value of the wrong kind
   */
  public void encode(RawRecord record, BatchBuilder into) {
    IdLookups lookups = into.lookups();
    lookups.clear();
    try {
      Object[] raw = new Object[inputs];
      for (int m = 0; m < raw.length; m++) {
        raw[m] = record.value(m);
      }
      lookups.touch(raw);
      for (int m = 0; m < raw.length; m++) {
        encode(m, raw[m], into);
      }
      for (int c = 0; c < crossColumns.length; c++) {
        lookups.addCross(firstCross + c, crossColumns[c], vocabulary);
      }
      lookups.find(vocabulary);
    } catch (RuntimeException | Error e) {
      into.dropRow();
      throw e;
    }
    int[] rows = tables == null ? NO_ROWS : tableRows(record, into);
    for (int k = 0; k < lookups.count(); k++) {
      into.id(lookups.id(k));
    }
    IntUnaryOperator rated = rate -> lookups.id(rateColumns[rate]);
    for (int i = 0; i < rateColumns.length; i++) {
      into.id(rates.id(i, rated));
    }
    for (int row : rows) {
      into.id(row);
    }
  }

  /** [tables] the row numbers of a record's keys, or of the rows that the record provides. */
  private int[] tableRows(RawRecord record, BatchBuilder into) {
    int[] rows = new int[tables.size()];
    try {
      for (int t = 0; t < rows.length; t++) {
        String key = RawValues.text(ofLog.get(inputs + t), record.value(inputs + t));
        rows[t] = tables.number(t, key);
        if (rows[t] == 0 && record.gives(t)) {
          give(t, record, into.given(t));
          rows[t] = into.givenNumber(t);
        }
      }
    } catch (RuntimeException | Error e) {
      into.dropRow();
      throw e;
    }
    return rows;
  }

  /** Adds a row of side table t that a record provides. */
  private void give(int t, RawRecord record, BatchBuilder into) {
    try {
      for (int m : ofTable[t]) {
        FittedField field = fields.fields().get(m);
        if (layout.field(m).kind() == FieldShape.Kind.ID) {
          into.id(vocabulary.id(m, field.value(record.given(m))));
        } else {
          encode(m, record.given(m), into);
        }
      }
    } catch (RuntimeException | Error e) {
      into.dropRow();
      throw e;
    }
    into.endRow(0, 1, 0);
  }

  /**
   * A record over a map from column to value; absent columns are missing values. It provides the
   * fields of a side table when it has a value for at least one of them; these count if the table
   * has no row for its key.
   *
   * @throws IllegalArgumentException when the map is null
   */
  public RawRecord record(Map<String, ?> values) {
    RawRecord plain = RawRecord.ofColumns(ofLog, values);
    return tables == null ? plain : new GivingRecord(plain, values);
  }

  private final class GivingRecord implements RawRecord {
    private final RawRecord plain;
    private final Map<String, ?> values;

    GivingRecord(RawRecord plain, Map<String, ?> values) {
      this.plain = plain;
      this.values = values;
    }

    @Override
    public Object value(int m) {
      return plain.value(m);
    }

    @Override
    public boolean gives(int t) {
      return Arrays.stream(ownColumns[t]).anyMatch(m -> !RawValues.missing(given(m)));
    }

    @Override
    public Object given(int m) {
      return values.get(fields.fields().get(m).spec().column());
    }
  }

  private void encode(int m, Object raw, BatchBuilder into) {
    FittedField field = fields.fields().get(m);
    FieldShape shape = layout.field(m);
    switch (shape.kind()) {
      case ID -> into.lookups().add(vocabulary.owner(m), field.value(raw));
      case MULTI -> {
        List<String> values = field.values(raw);
        if (values.isEmpty()) {
          into.multiId(vocabulary.missing(m));
        }
        for (String value : values) {
          into.multiId(vocabulary.id(m, value));
        }
        into.endList();
      }
      case LINEAR -> into.number(field.standardised(raw));
      case VECTOR -> {
        float[] vector = RawValues.vector(field.spec(), raw);
        for (int i = 0; i < shape.length(); i++) {
          into.number(vector == null ? 0 : vector[i]);
        }
      }
    }
  }

  /**
   * The id of a cross.
   *
   * @param m index of the cross among the fields
   * @param parts of {@link FittedFields#crosses}
   * @param values by field; null for a missing one
   */
  public int crossId(int m, int[] parts, byte[][] values, CrossValue into) {
    into.clear();
    for (int part : parts) {
      int buckets = vocabulary.hashBuckets(part);
      byte[] value = values[part];
      boolean hashed = buckets > 0 && value != null;
      into.add(value, hashed ? ByteHash.of(part, value, 0, value.length) : 0, buckets);
    }
    return vocabulary.id(m, into.bytes(), 0, into.length());
  }
}
