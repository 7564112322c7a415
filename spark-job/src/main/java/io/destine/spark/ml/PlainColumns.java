package io.destine.spark.ml;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructField;

/** Tables whose columns the library reads: vectors of Spark ML as lists of numbers. */
final class PlainColumns {
  private PlainColumns() {}

  /** The table with its vectors as lists. */
  static Dataset<Row> of(Dataset<Row> table) {
    Dataset<Row> plain = table;
    for (String name : vectors(table)) {
      plain = plain.withColumn(name, list(functions.col(quoted(name))));
    }
    return plain;
  }

  /** Names of the columns that are vectors of Spark ML. */
  static List<String> vectors(Dataset<Row> table) {
    List<String> names = new ArrayList<>();
    for (StructField field : table.schema().fields()) {
      if (field.dataType().equals(SQLDataTypes.VectorType())) {
        names.add(field.name());
      }
    }
    return names;
  }

  /** A vector as a list of numbers. */
  static Column list(Column vector) {
    return org.apache.spark.ml.functions.vector_to_array(vector, "float64");
  }

  /** A name as an expression, whatever characters it has. */
  static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }
}
