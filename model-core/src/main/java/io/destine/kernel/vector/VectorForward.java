package io.destine.kernel.vector;

import io.destine.config.ModelConfig;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.kernel.Forward;
import io.destine.kernel.row.RowKernel;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;

/**
 * Logits with the JDK's vector instructions: with rows in lanes for at least half a vector of rows,
 * row by row for fewer. Both give the same bits.
 */
final class VectorForward implements Forward {
  private final ModelConfig config;
  private final FieldLayout fields;
  private final ParameterLayout layout;
  private RowKernel rowByRow;
  private VectorKernel rowsInLanes;

  VectorForward(ModelConfig config, FieldLayout fields, ParameterLayout layout) {
    this.config = config;
    this.fields = fields;
    this.layout = layout;
  }

  @Override
  public String name() {
    return "vector";
  }

  /** With rows in lanes, one row costs as much as {@link Lanes#LENGTH} rows. */
  @Override
  public void logits(Parameters parameters, EncodedBatch batch, double[] logits) {
    if (batch.rows() >= Lanes.LENGTH / 2) {
      if (rowsInLanes == null) {
        rowsInLanes = new VectorKernel(config, fields, layout);
      }
      rowsInLanes.logits(parameters, batch, logits);
      return;
    }
    if (rowByRow == null) {
      rowByRow = new RowKernel(config, fields, layout, new VectorLanes());
    }
    rowByRow.logits(parameters, batch, logits);
  }
}
