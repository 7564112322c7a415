package io.destine.kernel.nd4j;

import io.destine.feature.FieldLayout;
import io.destine.kernel.IdColumns;
import io.destine.param.GradientSink;
import io.destine.param.Parameters;

/** The sum of the first-order weights of all ids of a row; of a multi field, their mean. */
final class WideTerm {
  private final IdColumns ids;
  private final double[] weight = new double[1];

  WideTerm(FieldLayout fields) {
    ids = new IdColumns(fields);
  }

  /** Adds the term to the logits of the rows of a pass. */
  void forward(Parameters parameters, Pass pass, double[] logits) {
    ids.visit(
        pass.batch(),
        pass.from(),
        pass.rows(),
        (n, m, id, share) -> {
          parameters.wide().read(id, weight, 0);
          logits[n] += share * weight[0];
        });
  }

  /** Adds the gradients of the weights, whose ids' embeddings have been added before. */
  void backward(Pass pass, double[] dlogits, GradientSink sink) {
    ids.visit(
        pass.batch(),
        pass.from(),
        pass.rows(),
        (n, m, id, share) -> sink.addWide(id, share * dlogits[n]));
  }
}
