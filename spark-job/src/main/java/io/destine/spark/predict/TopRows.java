package io.destine.spark.predict;

import static org.apache.spark.sql.functions.col;

import io.destine.spark.conf.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The rows with the highest probabilities, in descending order; ties keep input order. Rows without
 * a probability are excluded.
 *
 * @param rows their number
 * @param by column; for each of its values this number of rows is selected. If empty, the rows are
 *     selected from all rows
 */
public record TopRows(int rows, Optional<String> by) {
  /** Maximum number; a task holds this many rows in memory. */
  private static final int MOST = 1_000_000;

  private static final String PROBABILITY = "probability";
  private static final String BY = "by";
  private static final List<String> PLACE = List.of("file", "start", "row");
  private static final String RANK = "rank";

  /**
   * Checks the number.
   *
   * @throws UserError if it is out of range
   */
  public TopRows {
    if (rows < 1 || rows > MOST) {
      throw new UserError("--top must be 1 .. " + MOST + ", got " + rows);
    }
  }

  /**
   * The columns of rows to rank: the kept ones, named by their index, then the columns of {@link
   * ScoredLayout}.
   */
  static StructType schema(StructType kept, DataType by) {
    StructType schema = new StructType();
    for (int c = 0; c < kept.size(); c++) {
      schema = schema.add(Integer.toString(c), kept.apply(c).dataType());
    }
    return schema
        .add(PROBABILITY, DataTypes.DoubleType)
        .add(BY, by)
        .add(PLACE.get(0), DataTypes.StringType)
        .add(PLACE.get(1), DataTypes.LongType)
        .add(PLACE.get(2), DataTypes.LongType);
  }

  /** Selects the best of such rows, with the kept columns, the probability and the rank. */
  Dataset<Row> of(Dataset<Row> scored) {
    Column[] order = {
      col(PROBABILITY).desc(), col(PLACE.get(0)), col(PLACE.get(1)), col(PLACE.get(2))
    };
    Dataset<Row> readable = scored.filter(col(PROBABILITY).isNotNull());
    Dataset<Row> best;
    if (by.isEmpty()) {
      // Spark combines sort and limit: a queue of this many rows in each task, then a merge of the
      // queues. The result is one partition, whose rows are numbered from 0.
      best =
          readable
              .orderBy(order)
              .limit(rows)
              .withColumn(RANK, functions.monotonically_increasing_id().plus(1));
    } else {
      best =
          readable
              .withColumn(
                  RANK, functions.row_number().over(Window.partitionBy(col(BY)).orderBy(order)))
              .filter(col(RANK).leq(rows));
    }
    List<Column> columns = new ArrayList<>();
    for (int c = 0; c < scored.columns().length - PLACE.size() - 2; c++) {
      columns.add(col(Integer.toString(c)));
    }
    columns.add(col(PROBABILITY));
    columns.add(col(RANK).cast(DataTypes.IntegerType).as(RANK));
    return best.select(columns.toArray(Column[]::new));
  }
}
