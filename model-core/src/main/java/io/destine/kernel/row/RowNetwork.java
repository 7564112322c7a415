package io.destine.kernel.row;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.config.Residual;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import java.util.ArrayList;
import java.util.List;

/**
 * The dense tensors of a network in the layout of the forward pass over one row. Immutable, shared
 * by all scoring threads.
 */
final class RowNetwork {
  private final ModelConfig config;
  private final FieldLayout fields;
  private final int lanes;

  /** [M] the weights [d] of a linear field, null for others. */
  private final float[][] linear;

  /** [M] the projection of a vector field, null for others. */
  private final Dense[] vectors;

  /** [M] the query [d] of a list pooled by attention, null for others. */
  private final float[][] pooling;

  private final List<LayerNumbers> layers = new ArrayList<>();
  private final float[] lastResidual;
  private final float[] lastResidualBias;
  private final float[] output;
  private final double outputBias;
  private final List<DeepLayer> deep = new ArrayList<>();
  private final Dense deepOutput;

  /**
   * The numbers of the given parameters.
   *
   * @throws IllegalArgumentException when they are not float32, or those of another network
   */
  RowNetwork(
      ModelConfig config,
      FieldLayout fields,
      ParameterLayout layout,
      Parameters parameters,
      FieldLanes math) {
    parameters.requireFor(layout, Precision.FLOAT32);
    this.config = config;
    this.fields = fields;
    // One additional lane for the query of the unary term.
    lanes = math.padded(fields.size() + 1);
    DenseNumbers numbers = new DenseNumbers(layout, parameters);
    int d = config.embeddingDim();
    linear = new float[fields.size()][];
    vectors = new Dense[fields.size()];
    pooling = new float[fields.size()][];
    for (int m = 0; m < fields.size(); m++) {
      String name = ParameterLayout.FIELDS + fields.field(m).name();
      String query = ParameterLayout.pooling(fields.field(m).name());
      pooling[m] = layout.has(query) ? numbers.of(query) : null;
      if (fields.field(m).kind() == FieldShape.Kind.LINEAR) {
        linear[m] = numbers.of(name + ".weight");
      } else if (fields.field(m).kind() == FieldShape.Kind.VECTOR) {
        vectors[m] = Dense.of(numbers, name, d, math);
      }
    }
    for (int l = 0; l < config.layers(); l++) {
      layers.add(LayerNumbers.of(numbers, config, l, math));
    }
    boolean last = config.layers() > 0 && config.residual() == Residual.LAST_LAYER;
    lastResidual = last ? numbers.of("residual.weight") : null;
    lastResidualBias = last ? numbers.of("residual.bias", config.attentionWidth()) : null;
    output = config.layers() > 0 ? numbers.of("output.weight") : null;
    outputBias = numbers.outputBias();
    List<Integer> widths = config.deep();
    for (int i = 0; i < widths.size(); i++) {
      deep.add(DeepLayer.of(numbers, "deep." + i, widths.get(i), config.batchNorm(), math));
    }
    deepOutput = widths.isEmpty() ? null : Dense.of(numbers, "deep." + widths.size(), 1, math);
  }

  ModelConfig config() {
    return config;
  }

  FieldLayout fields() {
    return fields;
  }

  /** Number of lanes of a matrix whose columns are the fields and the unary query. */
  int lanes() {
    return lanes;
  }

  float[] linear(int m) {
    return linear[m];
  }

  float[] pooling(int m) {
    return pooling[m];
  }

  Dense vector(int m) {
    return vectors[m];
  }

  List<LayerNumbers> layers() {
    return layers;
  }

  /** [D, d], of the residual after the last layer; null without one. */
  float[] lastResidual() {
    return lastResidual;
  }

  /** [D] */
  float[] lastResidualBias() {
    return lastResidualBias;
  }

  /** [M * D], null without layers. */
  float[] output() {
    return output;
  }

  double outputBias() {
    return outputBias;
  }

  List<DeepLayer> deep() {
    return deep;
  }

  /** [1, n], null without a deep part. */
  Dense deepOutput() {
    return deepOutput;
  }
}
