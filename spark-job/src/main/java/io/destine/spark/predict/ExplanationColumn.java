package io.destine.spark.predict;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedFields;
import io.destine.kernel.row.RowKernel;
import io.destine.kernel.vector.FastestLanes;
import io.destine.model.Destine;
import io.destine.param.Parameters;
import io.destine.predict.RowExplanation;
import io.destine.spark.encode.RowEncoder;
import io.destine.spark.evaluate.ScoreTask;
import io.destine.spark.parameters.ModelParameters;
import io.destine.spark.source.RowRecord;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.collection.JavaConverters;

/**
 * A column that explains the logit of each row. The contribution of an input column is the logit of
 * the row minus its logit with a missing value in this column. Attention weights are taken from the
 * scorer's {@link RowExplanation}: for each layer and head, the pairwise weights of each field for
 * each field, and the unary weights, by field name.
 *
 * @param fields their names, in order
 * @param inputs columns of the input, each once
 * @param kept an object that must not be freed before the rows have been computed, or null
 */
record ExplanationColumn(
    Destine network,
    ModelParameters parameters,
    List<String> fields,
    List<String> inputs,
    Serializable kept)
    implements Serializable {
  private static final long serialVersionUID = 1;

  private static final DataType WEIGHTS =
      DataTypes.createMapType(DataTypes.StringType, DataTypes.FloatType, false);

  /** The type of the column. A term that is not in the network is null. */
  static final DataType TYPE =
      new StructType()
          .add(
              "contributions",
              DataTypes.createMapType(DataTypes.StringType, DataTypes.DoubleType, false),
              false)
          .add(
              "attention",
              DataTypes.createArrayType(
                  new StructType()
                      .add("layer", DataTypes.IntegerType, false)
                      .add("head", DataTypes.IntegerType, false)
                      .add("unary", WEIGHTS)
                      .add(
                          "pairwise",
                          DataTypes.createMapType(DataTypes.StringType, WEIGHTS, false)),
                  false),
              false);

  /** The explanation column of a model. */
  static ExplanationColumn of(LoadedModel model, Serializable kept) {
    FittedFields fields = model.vocabulary().fields();
    return new ExplanationColumn(
        model.network(),
        model.parameters(),
        fields.specs().stream().map(FieldSpec::name).toList(),
        fields.ofLog().stream().map(FieldSpec::column).distinct().toList(),
        kept);
  }

  /** Explains rows in a task. One thread. */
  final class Task {
    private final RowKernel kernel =
        new RowKernel(network.config(), network.fields(), network.layout(), FastestLanes.here());
    private final RowEncoder encoder;
    private final int[] places;
    private final ScoreTask scorer;

    private Task(RowEncoder encoder, int[] places, ScoreTask scorer) {
      this.encoder = encoder;
      this.places = places;
      this.scorer = scorer;
    }

    /**
     * The explanations of rows.
     *
     * @param rows as read, each with a logit
     * @param encoded the same rows, encoded
     * @param logits of the same rows
     */
    List<Row> of(List<Row> rows, EncodedBatch encoded, double[] logits) {
      Parameters all = parameters.parameters();
      int atOnce = Math.max(1, ScoreTask.BLOCK_ROWS / Math.max(1, places.length));
      List<Row> explained = new ArrayList<>();
      for (int from = 0; from < rows.size(); from += atOnce) {
        List<Row> some = rows.subList(from, Math.min(rows.size(), from + atOnce));
        double[] without = without(some);
        for (int i = 0; i < some.size(); i++) {
          int n = from + i;
          int first = i * places.length;
          kernel.logit(all, encoded, n);
          explained.add(
              RowFactory.create(
                  byName(inputs, c -> logits[n] - without[first + c]),
                  RowExplanation.heads(kernel, network.config(), fields.size()).stream()
                      .map(ExplanationColumn.this::row)
                      .toArray(Row[]::new)));
        }
      }
      return explained;
    }

    /** [rows x inputs] logits of the rows with each input value missing in turn. */
    private double[] without(List<Row> rows) {
      for (Row row : rows) {
        for (int place : places) {
          Object[] values = new Object[row.size()];
          Arrays.setAll(values, c -> c == place ? null : row.get(c));
          encoder.add(RowFactory.create(values));
        }
      }
      if (encoder.rows() == 0) {
        return new double[0];
      }
      scorer.progress().add(-encoder.rows());
      return scorer.logits(encoder.build());
    }
  }

  /**
   * Starts a task.
   *
   * @param encoder of rows, not shared with other tasks
   * @param columns of the rows
   */
  Task task(RowEncoder encoder, List<String> columns, ScoreTask scorer) {
    return new Task(encoder, RowRecord.columns(inputs, columns), scorer);
  }

  private Row row(RowExplanation.Head head) {
    float[][] pairwise = head.pairwise();
    return RowFactory.create(
        head.layer(),
        head.head(),
        head.unary() == null ? null : byName(fields, n -> head.unary()[n]),
        pairwise == null ? null : byName(fields, m -> byName(fields, n -> pairwise[m][n])));
  }

  private static <T> scala.collection.Map<String, T> byName(
      List<String> names, IntFunction<T> value) {
    Map<String, T> values = new LinkedHashMap<>();
    IntStream.range(0, names.size()).forEach(n -> values.put(names.get(n), value.apply(n)));
    return JavaConverters.mapAsScalaMap(values);
  }
}
