package io.destine.spark.generate;

import java.util.List;

/** The sum over given pairs of fields (m, n) of x_m . x_n. */
record FactorizationMachine(List<FieldPair> pairs) implements Interaction {
  @Override
  public double of(double[][] x) {
    double sum = 0;
    for (FieldPair pair : pairs) {
      double[] a = x[pair.first()];
      double[] b = x[pair.second()];
      for (int i = 0; i < ValueParts.RANK; i++) {
        sum += a[i] * b[i];
      }
    }
    return sum;
  }
}
