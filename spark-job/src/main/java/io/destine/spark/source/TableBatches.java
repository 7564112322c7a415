package io.destine.spark.source;

import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.ColumnarToRowExec;
import org.apache.spark.sql.execution.InputAdapter;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.SQLExecutionRDD;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.WholeStageCodegenExec;
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
 * A table as batches of rows. Where Spark's reader of the table gives columns (Parquet, ORC, cached
 * tables, Iceberg), they are taken as they are, and only those that are used; otherwise whole rows
 * are copied into batches. Both ways give the same rows in the same order.
 */
public final class TableBatches {
  private final StructType schema;
  private final QueryExecution execution;
  private final Optional<SparkPlan> columns;

  private TableBatches(Dataset<Row> table, Optional<SparkPlan> columns) {
    schema = table.schema();
    execution = table.queryExecution();
    this.columns = columns;
  }

  /** The batches of a table of which the given columns are used. */
  public static TableBatches of(Dataset<Row> table, Set<String> used) {
    Dataset<Row> narrow = UsedColumns.of(table, used);
    Optional<SparkPlan> columns = columns(narrow);
    return columns.isPresent()
        ? new TableBatches(narrow, columns)
        : new TableBatches(table, Optional.empty());
  }

  /** The columns of the batches. */
  public StructType schema() {
    return schema;
  }

  /** The batches, lazily; a file that cannot be read is named by the failure. */
  public JavaRDD<RowBatch> batches() {
    if (columns.isPresent()) {
      return withSettings(columns.get().executeColumnar(), execution)
          .toJavaRDD()
          .mapPartitions(batches -> iterator(new NamedRows<>(batches)));
    }
    StructType type = schema;
    return execution
        .toRdd()
        .toJavaRDD()
        .mapPartitions(rows -> RowBatch.of(new NamedRows<>(rows), type));
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

  /** The plan that gives the table's columns, when its rows are made of columns. */
  private static Optional<SparkPlan> columns(Dataset<Row> table) {
    SparkPlan inner = table.queryExecution().executedPlan();
    while (inner instanceof WholeStageCodegenExec || inner instanceof InputAdapter) {
      inner = inner.children().head();
    }
    if (!(inner instanceof ColumnarToRowExec rows)) {
      return Optional.empty();
    }
    SparkPlan columns = rows.child();
    while (columns instanceof InputAdapter adapter) {
      columns = adapter.child();
    }
    return columns.supportsColumnar() && readable(table.schema())
        ? Optional.of(columns)
        : Optional.empty();
  }

  /** True when rows of columns can give values of the type. */
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

  /** Gives tasks the session's settings, as {@link QueryExecution#toRdd} does for rows. */
  @SuppressWarnings("unchecked")
  private static RDD<ColumnarBatch> withSettings(
      RDD<ColumnarBatch> batches, QueryExecution execution) {
    RDD<?> untyped = batches;
    RDD<?> run =
        new SQLExecutionRDD(
            (RDD<InternalRow>) untyped, execution.sparkSession().sessionState().conf());
    return (RDD<ColumnarBatch>) run;
  }
}
