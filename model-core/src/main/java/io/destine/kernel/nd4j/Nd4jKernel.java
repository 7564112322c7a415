package io.destine.kernel.nd4j;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.kernel.Dropout;
import io.destine.kernel.Kernel;
import io.destine.param.GradientSink;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;

/**
 * The reference kernel: hand-written forward and backward as ND4J operations over whole batches, in
 * float32 or float64, on one core.
 *
 * <p>Rows are computed in passes of about {@value #FIELDS_PER_PASS} fields, which bounds memory for
 * any batch size and keeps arrays in or near the cache; with batch normalization, which depends on
 * all rows, a gradient is computed in one pass. On equal processors the order of summation depends
 * on the batch alone.
 */
public final class Nd4jKernel implements Kernel {
  static final int FIELDS_PER_PASS = 4096;
  private static final int PASS_MULTIPLE = 16;

  private final ModelConfig config;
  private final FieldLayout fields;
  private final DenseTensors tensors;
  private final int rowsPerPass;

  /** The kernel of a network, with its own native memory. */
  public Nd4jKernel(
      ModelConfig config, FieldLayout fields, ParameterLayout layout, Precision precision) {
    SingleThread.restrictProcess();
    this.config = config;
    this.fields = fields;
    tensors = new DenseTensors(layout, precision);
    int rows = FIELDS_PER_PASS / fields.size();
    rowsPerPass = Math.max(PASS_MULTIPLE, rows - rows % PASS_MULTIPLE);
  }

  @Override
  public String name() {
    return "nd4j";
  }

  @Override
  public void logits(Parameters parameters, EncodedBatch batch, double[] into) {
    SingleThread.restrictCaller();
    tensors.load(parameters);
    for (int from = 0; from < batch.rows(); from += rowsPerPass) {
      int rows = Math.min(rowsPerPass, batch.rows() - from);
      Pass pass = new Pass(parameters, batch, from, rows, false, null);
      try (Network network = new Network(config, fields, tensors, pass)) {
        System.arraycopy(network.forward(), 0, into, from, rows);
      }
    }
  }

  @Override
  public void gradient(
      Parameters parameters, EncodedBatch batch, Dropout dropout, GradientSink sink) {
    SingleThread.restrictCaller();
    tensors.load(parameters);
    int step = config.batchNorm() ? Math.max(1, batch.rows()) : rowsPerPass;
    for (int from = 0; from < batch.rows(); from += step) {
      int rows = Math.min(step, batch.rows() - from);
      Pass pass = new Pass(parameters, batch, from, rows, true, dropout);
      try (Network network = new Network(config, fields, tensors, pass)) {
        network.backward(network.forward(), sink);
      }
      tensors.addStatisticsTo(sink);
    }
    tensors.addGradientsTo(sink);
  }
}
