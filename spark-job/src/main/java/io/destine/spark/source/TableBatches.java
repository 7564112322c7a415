package io.destine.spark.source;

import io.destine.spark.internals.TablePlan;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.AtomicType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DayTimeIntervalType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.YearMonthIntervalType;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Reads a table as batches of rows. If Spark's reader of the table returns columnar batches
 * (Parquet, ORC, cached tables, Iceberg), these are used directly, with only the used columns;
 * otherwise rows are copied into batches. Both ways give the same rows in the same order.
 */
public final class TableBatches {
  private final StructType schema;
  private final TablePlan plan;
  private final Optional<RDD<ColumnarBatch>> columns;

  private TableBatches(Dataset<Row> table, TablePlan plan, Optional<RDD<ColumnarBatch>> columns) {
    schema = table.schema();
    this.plan = plan;
    this.columns = columns;
  }

  /** The batches of a table; columnar batches have only the given columns. */
  public static TableBatches of(Dataset<Row> table, Set<String> used) {
    Dataset<Row> narrow = UsedColumns.of(table, used);
    if (readable(narrow.schema())) {
      TablePlan plan = TablePlan.of(narrow);
      Optional<RDD<ColumnarBatch>> columns = plan.columns();
      if (columns.isPresent()) {
        return new TableBatches(narrow, plan, columns);
      }
    }
    return new TableBatches(table, TablePlan.of(table), Optional.empty());
  }

  /** The columns of the batches. */
  public StructType schema() {
    return schema;
  }

  /** The batches; lazy. The error for an unreadable file names the file. */
  public JavaRDD<RowBatch> batches() {
    if (columns.isPresent()) {
      return columns.get().toJavaRDD().mapPartitions(batches -> iterator(new NamedRows<>(batches)));
    }
    StructType type = schema;
    return plan.rows().toJavaRDD().mapPartitions(rows -> RowBatch.of(new NamedRows<>(rows), type));
  }

  private static Iterator<RowBatch> iterator(Iterator<ColumnarBatch> batches) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return batches.hasNext();
      }

      @Override
      public RowBatch next() {
        return RowBatch.of(batches.next());
      }
    };
  }

  /** True if values of the type can be read from columnar batches. */
  private static boolean readable(DataType type) {
    if (type instanceof StructType struct) {
      for (StructField field : struct.fields()) {
        if (!readable(field.dataType())) {
          return false;
        }
      }
      return true;
    } else if (type instanceof ArrayType array) {
      return readable(array.elementType());
    } else if (type instanceof MapType map) {
      return readable(map.keyType()) && readable(map.valueType());
    }
    return type instanceof AtomicType
        && !(type instanceof DayTimeIntervalType)
        && !(type instanceof YearMonthIntervalType);
  }
}
