package io.destine.spark.internals;

import java.util.Optional;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.ColumnarToRowExec;
import org.apache.spark.sql.execution.InputAdapter;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.SQLExecutionRDD;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.WholeStageCodegenExec;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/** The physical plan of a table: its rows, or columnar batches if Spark's reader returns them. */
public final class TablePlan {
  private final QueryExecution execution;

  private TablePlan(QueryExecution execution) {
    this.execution = execution;
  }

  /** The plan of a table; nothing is computed yet. */
  public static TablePlan of(Dataset<?> table) {
    return new TablePlan(table.queryExecution());
  }

  /** The rows. Stages before the last shuffle may run in this call. */
  public RDD<InternalRow> rows() {
    return execution.toRdd();
  }

  /** The columnar batches, if the plan converts them to rows only in its last operator. */
  public Optional<RDD<ColumnarBatch>> columns() {
    SparkPlan inner = execution.executedPlan();
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
    return columns.supportsColumnar()
        ? Optional.of(withSettings(columns.executeColumnar()))
        : Optional.empty();
  }

  /** Passes the session's settings to tasks, as {@link QueryExecution#toRdd} does for rows. */
  @SuppressWarnings("unchecked")
  private RDD<ColumnarBatch> withSettings(RDD<ColumnarBatch> batches) {
    RDD<?> untyped = batches;
    RDD<?> run =
        new SQLExecutionRDD(
            (RDD<InternalRow>) untyped, execution.sparkSession().sessionState().conf());
    return (RDD<ColumnarBatch>) run;
  }
}
