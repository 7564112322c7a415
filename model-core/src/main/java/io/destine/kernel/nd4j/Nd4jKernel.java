package io.destine.kernel.nd4j;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.kernel.Dropout;
import io.destine.kernel.Kernel;
import io.destine.kernel.LogisticLoss;
import io.destine.param.GradientSink;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;

/**
 * The reference kernel: hand-written forward and backward as ND4J operations over whole batches, in
 * float32 or float64, on one core.
 *
 * <p>Rows are computed in passes of about {@value #FIELDS_PER_PASS} fields, which bounds memory
 * whatever the batch and keeps arrays near the cache; with batch normalization, which looks across
 * rows, a gradient takes all rows in one pass. The order of summation depends on the batch alone.
 */
public final class Nd4jKernel implements Kernel {
  static final int FIELDS_PER_PASS = 4096;
  private static final int PASS_MULTIPLE = 16;

  private final Networks networks;
  private final DenseStore store;
  private final RunningStatistics running;
  private final boolean acrossRows;
  private final int rowsPerPass;
  private double[] logits = new double[0];
  private double[] dlogits = new double[0];

  /** The kernel of a network, with its own native memory. */
  public Nd4jKernel(
      ModelConfig config, FieldLayout fields, ParameterLayout layout, Precision precision) {
    SingleThread.restrictProcess();
    store = new DenseStore(layout, precision);
    running = new RunningStatistics(layout);
    networks = new Networks(config, fields, store, running, precision);
    acrossRows = config.batchNorm();
    int rows = FIELDS_PER_PASS / fields.size();
    rowsPerPass = Math.max(PASS_MULTIPLE, rows - rows % PASS_MULTIPLE);
  }

  @Override
  public String name() {
    return "nd4j";
  }

  @Override
  public void logits(Parameters parameters, EncodedBatch batch, double[] into) {
    load(parameters);
    for (int from = 0; from < batch.rows(); from += rowsPerPass) {
      int rows = Math.min(rowsPerPass, batch.rows() - from);
      reserve(rows);
      networks.of(rows).forward(parameters, new Pass(batch, from, rows, false, null), logits);
      System.arraycopy(logits, 0, into, from, rows);
    }
  }

  @Override
  public void gradient(
      Parameters parameters, EncodedBatch batch, Dropout dropout, GradientSink sink) {
    load(parameters);
    store.clearGradients();
    int step = acrossRows ? Math.max(1, batch.rows()) : rowsPerPass;
    for (int from = 0; from < batch.rows(); from += step) {
      int rows = Math.min(step, batch.rows() - from);
      Pass pass = new Pass(batch, from, rows, true, dropout);
      reserve(rows);
      Network network = networks.of(rows);
      network.forward(parameters, pass, logits);
      loss(pass, sink);
      network.backward(pass, dlogits, sink);
      running.addTo(sink);
    }
    store.addTo(sink);
  }

  private void load(Parameters parameters) {
    SingleThread.restrictCaller();
    store.load(parameters);
    running.load(parameters);
  }

  private void reserve(int rows) {
    if (logits.length < rows) {
      logits = new double[rows];
      dlogits = new double[rows];
    }
  }

  /** Reports the weighted loss of a pass and fills the gradients of its logits. */
  private void loss(Pass pass, GradientSink sink) {
    double loss = 0;
    double weights = 0;
    for (int n = 0; n < pass.rows(); n++) {
      double weight = pass.batch().weight(pass.from() + n);
      double label = pass.batch().labels()[pass.from() + n];
      loss += weight * LogisticLoss.loss(logits[n], label);
      weights += weight;
      dlogits[n] = weight * LogisticLoss.derivative(logits[n], label);
    }
    sink.addLoss(loss, weights, pass.rows());
  }
}
