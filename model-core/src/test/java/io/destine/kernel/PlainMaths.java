package io.destine.kernel;

import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import java.util.Arrays;
import java.util.stream.Stream;

/** Vector arithmetic of {@link PlainNetwork}, with tensors looked up by name. */
final class PlainMaths {
  private PlainMaths() {}

  static double[] tensor(Parameters p, String name) {
    ParameterLayout.Tensor t = p.layout().tensor(name);
    return Arrays.copyOfRange(p.dense(), t.offset(), t.offset() + t.size());
  }

  static double[] statistic(Parameters p, String name) {
    ParameterLayout.Tensor t = p.layout().statistic(name);
    return Arrays.copyOfRange(p.statistics(), t.offset(), t.offset() + t.size());
  }

  /** W x, plus b if there is one. */
  static double[] affine(Parameters p, String name, double[] x) {
    double[] w = tensor(p, name + ".weight");
    double[] y = new double[w.length / x.length];
    for (int o = 0; o < y.length; o++) {
      for (int i = 0; i < x.length; i++) {
        y[o] += w[o * x.length + i] * x[i];
      }
    }
    return p.layout().has(name + ".bias") ? sum(y, tensor(p, name + ".bias")) : y;
  }

  static double dot(double[] a, double[] b) {
    double dot = 0;
    for (int i = 0; i < a.length; i++) {
      dot += a[i] * b[i];
    }
    return dot;
  }

  static double[] sum(double[] a, double[] b) {
    double[] sum = a.clone();
    Arrays.setAll(sum, i -> a[i] + b[i]);
    return sum;
  }

  static double[] relu(double[] x) {
    return Arrays.stream(x).map(value -> Math.max(value, 0)).toArray();
  }

  static double[] mean(double[][] vectors) {
    double[] mean = new double[vectors[0].length];
    Arrays.setAll(mean, i -> Arrays.stream(vectors).mapToDouble(v -> v[i]).average().orElseThrow());
    return mean;
  }

  static double[] concatenate(double[][] vectors) {
    return Stream.of(vectors).flatMapToDouble(Arrays::stream).toArray();
  }

  static double[] softmax(double[] logits) {
    double[] exponentials = Arrays.stream(logits).map(Math::exp).toArray();
    double total = Arrays.stream(exponentials).sum();
    return Arrays.stream(exponentials).map(value -> value / total).toArray();
  }
}
