package io.destine.kernel;

import io.destine.param.Gradient;
import io.destine.param.ParameterLayout;
import io.destine.param.ParameterTable;
import io.destine.param.Parameters;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Parameters and gradients as flat arrays by name; those of tables have all rows. */
final class NamedTensors {
  private NamedTensors() {}

  static Map<String, double[]> of(Parameters parameters) {
    Map<String, double[]> values = dense(parameters.layout(), parameters.dense(), 1);
    values.put(ParameterLayout.EMBEDDING, table(parameters.embedding()));
    if (parameters.wide() != null) {
      values.put(ParameterLayout.WIDE, table(parameters.wide()));
    }
    return values;
  }

  /** Gradients of the summed loss times {@code factor}, over tables of the given rows. */
  static Map<String, double[]> of(
      ParameterLayout layout, Gradient gradient, int rows, double factor) {
    Map<String, double[]> values = dense(layout, gradient.dense(), factor);
    int d = layout.embeddingDim();
    double[] embedding = new double[rows * d];
    double[] wide = new double[rows];
    for (int k = 0; k < gradient.ids().length; k++) {
      int id = gradient.ids()[k];
      for (int i = 0; i < d; i++) {
        embedding[id * d + i] = factor * gradient.embedding()[k * d + i];
      }
      wide[id] = layout.wide() ? factor * gradient.wide()[k] : 0;
    }
    values.put(ParameterLayout.EMBEDDING, embedding);
    if (layout.wide()) {
      values.put(ParameterLayout.WIDE, wide);
    }
    return values;
  }

  private static Map<String, double[]> dense(ParameterLayout layout, double[] flat, double factor) {
    Map<String, double[]> values = new LinkedHashMap<>();
    for (ParameterLayout.Tensor tensor : layout.tensors()) {
      double[] part = Arrays.copyOfRange(flat, tensor.offset(), tensor.offset() + tensor.size());
      Arrays.setAll(part, i -> factor * part[i]);
      values.put(tensor.name(), part);
    }
    return values;
  }

  private static double[] table(ParameterTable table) {
    double[] values = new double[table.rows() * table.width()];
    for (int row = 0; row < table.rows(); row++) {
      table.read(row, values, row * table.width());
    }
    return values;
  }
}
