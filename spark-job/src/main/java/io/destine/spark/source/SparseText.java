package io.destine.spark.source;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.split;
import static org.apache.spark.sql.functions.substring_index;
import static org.apache.spark.sql.functions.when;

import io.destine.spark.conf.SourceConfig;
import io.destine.spark.internals.Relations;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Lines of libfm and svmlight as a table: a label and features {@code index:1}, separated by
 * blanks. The columns are the label and one for each feature of a line, in line order; their values
 * are the indexes. A label of -1, the convention of these formats, becomes 0. Text after # is
 * ignored, and so are lines without other text. A line with more or fewer features than there are
 * columns for them, or with a value other than 1, keeps its text in {@link SourceTable#CORRUPT}.
 */
final class SparseText {
  private static final String LINE = "value";
  private static final String PARTS = "parts of the line";
  private static final String FEATURE = "^[0-9]+:1(\\.0*)?$";

  private final SparkSession spark;
  private final SourceConfig config;

  SparseText(SparkSession spark, SourceConfig config) {
    this.spark = spark;
    this.config = config;
  }

  Dataset<Row> read(String... paths) {
    List<String> names = config.form().columns();
    Dataset<Row> lines = spark.read().options(config.form().options()).text(paths);
    Column text = regexp_replace(col(LINE), "^\\s+|\\s*(#.*)?$", "");
    Dataset<Row> parts = lines.where(text.notEqual("")).withColumn(PARTS, split(text, "\\s+"));
    Column fits = size(col(PARTS)).equalTo(names.size());
    for (int i = 1; i < names.size(); i++) {
      fits = fits.and(part(i).rlike(FEATURE));
    }
    List<Column> columns = new ArrayList<>();
    Column label = regexp_replace(part(0), "^\\+", "");
    columns.add(
        when(fits, when(label.rlike("^-1(\\.0*)?$"), lit("0")).otherwise(label)).as(names.get(0)));
    for (int i = 1; i < names.size(); i++) {
      columns.add(when(fits, substring_index(part(i), ":", 1)).as(names.get(i)));
    }
    for (String partition : Relations.partitionColumns(lines).names()) {
      columns.add(col("`" + partition.replace("`", "``") + "`"));
    }
    columns.add(when(fits, lit(null)).otherwise(col(LINE)).as(SourceTable.CORRUPT));
    return parts.select(columns.toArray(Column[]::new));
  }

  private static Column part(int i) {
    return col("`" + PARTS + "`").getItem(i);
  }
}
