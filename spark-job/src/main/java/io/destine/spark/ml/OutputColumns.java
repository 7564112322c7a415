package io.destine.spark.ml;

import io.destine.metric.Logits;
import io.destine.spark.predict.LogitColumns;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.Param;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The columns that a model adds to a table. */
final class OutputColumns {
  private final DestineParams params;

  /** The output columns set in the parameters. */
  OutputColumns(DestineParams params) {
    this.params = params;
  }

  /**
   * The schema of the table with the output columns.
   *
   * @throws IllegalArgumentException if an input column is missing, or the name of an output column
   *     is already used
   */
  StructType addedTo(StructType schema) {
    List<String> columns = Arrays.asList(schema.fieldNames());
    if (params.isDefined(params.inputCols())) {
      for (String name : params.getInputCols()) {
        requireColumn("inputCols", name, columns);
      }
    }
    StructType result = schema;
    for (Map.Entry<String, DataType> added : types().entrySet()) {
      if (columns.contains(added.getKey())) {
        throw new IllegalArgumentException(
            "the table already has a column \""
                + added.getKey()
                + "\"; choose another predictionCol, probabilityCol, rawPredictionCol or"
                + " explanationCol");
      }
      result = result.add(added.getKey(), added.getValue());
    }
    return result;
  }

  /** Rejects a name that is not a column. */
  static void requireColumn(String param, String name, List<String> columns) {
    if (!columns.contains(name)) {
      throw new IllegalArgumentException(
          param
              + ": column \""
              + name
              + "\" not found in the table; columns: "
              + String.join(", ", columns));
    }
  }

  private Map<String, DataType> types() {
    Map<String, DataType> types = new LinkedHashMap<>();
    put(types, params.rawPredictionCol(), SQLDataTypes.VectorType());
    put(types, params.probabilityCol(), SQLDataTypes.VectorType());
    put(types, params.predictionCol(), DataTypes.DoubleType);
    put(types, params.explanationCol(), LogitColumns.EXPLANATION);
    return types;
  }

  private void put(Map<String, DataType> types, Param<String> param, DataType type) {
    String name = params.getOrDefault(param);
    if (!name.isEmpty() && types.put(name, type) != null) {
      throw new IllegalArgumentException(
          "two output columns have the name \""
              + name
              + "\"; choose another predictionCol, probabilityCol, rawPredictionCol or"
              + " explanationCol");
    }
  }

  /**
   * The output columns, computed from the logits of rows; null without a logit.
   *
   * @param files of the model, referenced by the columns so that they are not freed earlier
   */
  List<Column> of(Column logit, ModelFiles files) {
    List<Column> columns = new ArrayList<>();
    add(
        columns,
        params.rawPredictionCol(),
        logit,
        SQLDataTypes.VectorType(),
        z -> pair(-z, z),
        files);
    add(
        columns,
        params.probabilityCol(),
        logit,
        SQLDataTypes.VectorType(),
        z -> pair(Logits.probability(-z), Logits.probability(z)),
        files);
    add(columns, params.predictionCol(), logit, DataTypes.DoubleType, prediction(), files);
    return columns;
  }

  private static Vector pair(double first, double second) {
    return Vectors.dense(first, second);
  }

  private <R> void add(
      List<Column> columns,
      Param<String> param,
      Column logit,
      DataType type,
      Function<R> function,
      ModelFiles files) {
    String name = params.getOrDefault(param);
    if (!name.isEmpty()) {
      columns.add(functions.udf(new OfLogit<>(function, files), type).apply(logit).as(name));
    }
  }

  private interface Function<R> extends Serializable {
    R of(double logit);
  }

  /** A function of a logit that keeps the model's files alive. */
  private record OfLogit<R>(Function<R> function, ModelFiles files) implements UDF1<Double, R> {
    private static final long serialVersionUID = 1;

    @Override
    public R call(Double logit) {
      return logit == null ? null : function.of(logit);
    }
  }

  private Function<Double> prediction() {
    if (!params.isDefined(params.thresholds())) {
      double threshold = params.getThreshold();
      return z -> Logits.probability(z) > threshold ? 1.0 : 0.0;
    }
    double[] thresholds = params.getThresholds();
    return z -> {
      double none = scaled(Logits.probability(-z), thresholds[0]);
      return scaled(Logits.probability(z), thresholds[1]) > none ? 1.0 : 0.0;
    };
  }

  /**
   * A probability divided by its threshold; infinite for a threshold of 0, unless the probability
   * is 0.
   */
  private static double scaled(double probability, double threshold) {
    return probability == 0 ? 0 : probability / threshold;
  }
}
