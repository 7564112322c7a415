package io.destine.spark.parameters;

import io.destine.feature.EncodedBatch;
import io.destine.param.Parameters;

/** Rows beside parameters of all ids. */
record WholeView(Parameters parameters, EncodedBatch rows) implements ParameterSource.View {
  @Override
  public void close() {}
}
