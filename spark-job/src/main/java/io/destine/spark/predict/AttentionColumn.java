package io.destine.spark.predict;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldSpec;
import io.destine.kernel.row.RowKernel;
import io.destine.kernel.vector.FastestLanes;
import io.destine.model.Destine;
import io.destine.param.Parameters;
import io.destine.predict.RowExplanation;
import io.destine.spark.parameters.ModelParameters;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.collection.JavaConverters;

/**
 * A column of the attention weights of each row, by the computation of the scorer's {@link
 * RowExplanation}: for each layer and head the pairwise weights of a field for each field, and the
 * unary weights, by the names of the fields.
 *
 * @param fields their names, in order
 * @param kept what must not be freed before the rows have been computed, or null
 */
record AttentionColumn(
    Destine network, ModelParameters parameters, List<String> fields, Serializable kept)
    implements Serializable {
  private static final long serialVersionUID = 1;

  private static final DataType WEIGHTS =
      DataTypes.createMapType(DataTypes.StringType, DataTypes.FloatType, false);

  /** The type of the column. A term that the network does not have is null. */
  static final DataType TYPE =
      DataTypes.createArrayType(
          new StructType()
              .add("layer", DataTypes.IntegerType, false)
              .add("head", DataTypes.IntegerType, false)
              .add("unary", WEIGHTS)
              .add("pairwise", DataTypes.createMapType(DataTypes.StringType, WEIGHTS, false)),
          false);

  /** That of a model. */
  static AttentionColumn of(LoadedModel model, Serializable kept) {
    List<String> fields =
        model.vocabulary().fields().specs().stream().map(FieldSpec::name).toList();
    return new AttentionColumn(model.network(), model.parameters(), fields, kept);
  }

  /** The values of rows, by their places in a batch; for one thread. */
  Function<Integer, Object> of(EncodedBatch rows, RowKernel kernel) {
    Parameters all = parameters.parameters();
    return n -> {
      kernel.logit(all, rows, n);
      return RowExplanation.heads(kernel, network.config(), fields.size()).stream()
          .map(this::row)
          .toArray(Row[]::new);
    };
  }

  /** A kernel for a task. */
  RowKernel kernel() {
    return new RowKernel(network.config(), network.fields(), network.layout(), FastestLanes.here());
  }

  private Row row(RowExplanation.Head head) {
    float[][] pairwise = head.pairwise();
    return RowFactory.create(
        head.layer(),
        head.head(),
        head.unary() == null ? null : byField(n -> head.unary()[n]),
        pairwise == null ? null : byField(m -> byField(n -> pairwise[m][n])));
  }

  private <T> scala.collection.Map<String, T> byField(Function<Integer, T> value) {
    Map<String, T> values = new LinkedHashMap<>();
    IntStream.range(0, fields.size()).forEach(n -> values.put(fields.get(n), value.apply(n)));
    return JavaConverters.mapAsScalaMap(values);
  }
}
