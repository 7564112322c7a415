package io.destine.kernel.nd4j;

import io.destine.feature.FieldLayout;
import io.destine.kernel.IdColumns;
import io.destine.param.GradientSink;

/** The sum of the first-order weights of all ids of a row; for a multi field, their mean. */
final class WideTerm {
  private final IdColumns ids;
  private final Pass pass;

  WideTerm(FieldLayout fields, Pass pass) {
    ids = new IdColumns(fields);
    this.pass = pass;
  }

  /** Adds the term to logits [B]. */
  void forward(double[] logits) {
    double[] weight = new double[1];
    ids.visit(
        pass.batch(),
        pass.from(),
        pass.rows(),
        (n, m, id, share) -> {
          pass.parameters().wide().read(id, weight, 0);
          logits[n] += share * weight[0];
        });
  }

  /**
   * Adds the gradients of the weights; those of the same ids' embeddings have been added before.
   */
  void backward(double[] dlogits, GradientSink sink) {
    ids.visit(
        pass.batch(),
        pass.from(),
        pass.rows(),
        (n, m, id, share) -> sink.addWide(id, share * dlogits[n]));
  }
}
