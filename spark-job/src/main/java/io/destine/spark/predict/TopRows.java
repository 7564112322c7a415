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
 * The rows with the highest probabilities, in their descending order; of equal ones the row that
 * stands first in the input. Rows without a probability are none of them.
 *
 * @param rows how many
 * @param by column, of each of whose values that many are taken; of all rows when empty
 */
public record TopRows(int rows, Optional<String> by) {
  /** A task holds as many rows in memory. */
  private static final int MOST = 1_000_000;

  private static final String PROBABILITY = "probability";
  private static final String BY = "by";
  private static final List<String> PLACE = List.of("file", "start", "row");
  private static final String RANK = "rank";

  /**
   * Checks the number.
   *
   * @throws UserError when it is out of range
   */
  public TopRows {
    if (rows < 1 || rows > MOST) {
      throw new UserError("--top must be 1 .. " + MOST + ", got " + rows);
    }
  }

  /**
   * The columns of rows that are ranked: the kept ones under the numbers of their places, then
   * those that a {@link ScoredLayout} names.
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

  /** Of rows with these columns the best: the kept columns, the probability and the rank. */
  Dataset<Row> of(Dataset<Row> scored) {
    Column[] order = {
      col(PROBABILITY).desc(), col(PLACE.get(0)), col(PLACE.get(1)), col(PLACE.get(2))
    };
    Dataset<Row> readable = scored.filter(col(PROBABILITY).isNotNull());
    Dataset<Row> best;
    if (by.isEmpty()) {
      // Spark plans both as one: a queue of as many rows in each task, then one of the queues.
      // Their rows are in one partition, which numbers them from 0.
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
