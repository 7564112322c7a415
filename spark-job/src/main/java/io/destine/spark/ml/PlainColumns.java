package io.destine.spark.ml;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A table whose columns are accessed by position, so that names may repeat or differ only in case.
 * Spark ML vectors become lists of numbers, which the library can read.
 */
final class PlainColumns {
  private final StructField[] fields;
  private final String prefix;
  private final Dataset<Row> numbered;

  /**
   * The columns of a table.
   *
   * @param prefix of the temporary column names
   */
  PlainColumns(Dataset<Row> table, String prefix) {
    fields = table.schema().fields();
    this.prefix = prefix;
    numbered = table.toDF(names(fields.length));
  }

  /** A temporary name for each position. */
  String[] names(int count) {
    return IntStream.range(0, count).mapToObj(this::name).toArray(String[]::new);
  }

  /** The temporary name of a position. */
  String name(int position) {
    return prefix + "__" + position;
  }

  /** The number of columns. */
  int count() {
    return fields.length;
  }

  /** The original name of a column. */
  String ownName(int position) {
    return fields[position].name();
  }

  private boolean isVector(int position) {
    return fields[position].dataType().equals(SQLDataTypes.VectorType());
  }

  /** The columns with vectors as lists, under their original names. */
  StructType schema() {
    StructType schema = new StructType();
    for (int n = 0; n < fields.length; n++) {
      DataType type =
          isVector(n) ? DataTypes.createArrayType(DataTypes.DoubleType) : fields[n].dataType();
      schema = schema.add(fields[n].name(), type);
    }
    return schema;
  }

  /** The columns that are vectors of Spark ML. */
  List<Integer> vectors() {
    return IntStream.range(0, fields.length).filter(this::isVector).boxed().toList();
  }

  /** A column as it is in the table. */
  Column original(int position) {
    return functions.col(quoted(name(position)));
  }

  /** A column with a vector as a list. */
  Column plain(int position) {
    return isVector(position)
        ? org.apache.spark.ml.functions.vector_to_array(original(position), "float64")
        : original(position);
  }

  /** The table of these columns. */
  Dataset<Row> select(Column... columns) {
    return numbered.select(columns);
  }

  /** A column name as an expression, safe for any characters. */
  static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }
}
