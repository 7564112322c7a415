package io.destine.spark.source;

import static org.apache.spark.sql.functions.col;

import io.destine.feature.FieldSpec;
import io.destine.spark.conf.JobConfig;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * All rows of a source, each either good, with split, hash, label, weight, group, date, key and the
 * raw values of the fields, or bad, with a reason and its text.
 */
public final class CheckedRows {
  /** Column of the reason; null in good rows. */
  public static final int REASON = 0;

  /** Column of a bad row's text. */
  public static final int TEXT = 1;

  /** Column of the split: 0 trains, 1 validates, 2 tests. */
  public static final int SPLIT = 2;

  /** Column of the hash of the row's content. */
  public static final int HASH = 3;

  /** Column of the label, 0 or 1. */
  public static final int LABEL = 4;

  /** Column of the weight. */
  public static final int WEIGHT = 5;

  /** Column of the group's hash. */
  public static final int GROUP = 6;

  /** Column of the date's text. */
  public static final int DATE = 7;

  /** Column of the hash of what the row is split by; 0 when that is its content. */
  public static final int KEY = 8;

  /** Column of field 0; the others follow in order. */
  public static final int FIRST_FIELD = 9;

  private final List<FieldSpec> fields;
  private final Dataset<Row> all;
  private final List<Path> files;

  private CheckedRows(List<FieldSpec> fields, Dataset<Row> all, List<Path> files) {
    this.fields = fields;
    this.all = all;
    this.files = files;
  }

  /**
   * The rows of the configured source.
   *
   * @throws io.destine.spark.conf.UserError when there is nothing to read or a column is missing
   */
  public static CheckedRows read(SparkSession spark, JobConfig config) {
    SourceParts source = SourceParts.read(spark, config);
    Dataset<Row> all = null;
    for (SourceParts.Part part : source.parts()) {
      Dataset<Row> rows = checked(spark, config, source.fields(), part);
      all = all == null ? rows : all.union(rows);
    }
    return new CheckedRows(source.fields(), all, source.files());
  }

  private static Dataset<Row> checked(
      SparkSession spark, JobConfig config, List<FieldSpec> fields, SourceParts.Part part) {
    Dataset<Row> table = part.table();
    RowParser parser =
        new RowParser(
            config, fields, List.of(table.columns()), SourceValues.of(spark), part.rule());
    MapPartitionsFunction<Row, Row> parse = rows -> parsed(parser, new NamedRows<>(rows));
    Dataset<Row> checked =
        table.mapPartitions(parse, Encoders.row(checkedSchema(fields, table.schema())));
    return Occurrences.number(checked, part.rule());
  }

  private static Iterator<Row> parsed(RowParser parser, Iterator<Row> rows) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Row next() {
        return parser.parse(rows.next());
      }
    };
  }

  private static StructType checkedSchema(List<FieldSpec> fields, StructType table) {
    StructType fixed =
        new StructType()
            .add("reason", DataTypes.StringType)
            .add("row", DataTypes.StringType)
            .add("split", DataTypes.IntegerType)
            .add("hash", DataTypes.LongType)
            .add("label", DataTypes.FloatType)
            .add("weight", DataTypes.FloatType)
            .add("group", DataTypes.LongType)
            .add("date", DataTypes.StringType)
            .add("key", DataTypes.LongType);
    List<StructField> columns = new ArrayList<>(List.of(fixed.fields()));
    for (int m = 0; m < fields.size(); m++) {
      DataType type = SourceValues.stored(table.apply(fields.get(m).column()).dataType());
      columns.add(DataTypes.createStructField("field_" + m, type, true));
    }
    return DataTypes.createStructType(columns);
  }

  /** The fields in order. */
  public List<FieldSpec> fields() {
    return fields;
  }

  /** Where field m is in a row. */
  public int[] fieldColumns() {
    int[] columns = new int[fields.size()];
    for (int m = 0; m < columns.length; m++) {
      columns[m] = FIRST_FIELD + m;
    }
    return columns;
  }

  /** Good and bad rows. */
  public Dataset<Row> all() {
    return all;
  }

  /** Rows without a reason. */
  public Dataset<Row> good() {
    return all.filter(col("reason").isNull());
  }

  /** The good rows that train. */
  public Dataset<Row> training() {
    return good().filter(col("split").equalTo(0));
  }

  /** The reason and text of each bad row. */
  public Dataset<Row> bad() {
    return all.filter(col("reason").isNotNull()).select("reason", "row");
  }

  /** Files that the rows come from; none when the source is not made of files. */
  public List<Path> files() {
    return files;
  }
}
