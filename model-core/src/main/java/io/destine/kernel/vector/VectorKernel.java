package io.destine.kernel.vector;

import io.destine.config.ModelConfig;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.kernel.Branches;
import io.destine.kernel.Dropout;
import io.destine.kernel.IdColumns;
import io.destine.kernel.Kernel;
import io.destine.kernel.LogisticLoss;
import io.destine.param.FloatTable;
import io.destine.param.GradientSink;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import java.util.Arrays;

/**
 * The fast kernel: the whole network in plain arrays with the JDK's vector instructions, float32,
 * on one core. A micro-batch of {@value Lanes#ROWS} rows is processed forward and backward through
 * all interaction layers while it is in the cache, one row in each lane; the deep part processes
 * blocks of {@value #BLOCK} rows, or with batch normalization all rows of a training batch. The
 * order of every sum depends only on the batch, not on the machine's vectors.
 */
final class VectorKernel implements Kernel {
  /** Number of rows whose embeddings are in memory at once. */
  static final int BLOCK = 64;

  private static final int L = Lanes.LENGTH;

  private final ModelConfig config;
  private final ParameterLayout layout;
  private final int block;

  /** Used instead when batch normalization needs more rows at once. */
  private VectorKernel larger;

  private final Memory memory = new Memory();
  private final DenseTensors tensors;
  private final EmbeddingRows rows;
  private final Bank bank;
  private final Rows held = new Rows();

  /** Sets the gradient of the embeddings in a bank; null without layers. */
  private final InteractionTerm interaction;

  /** Adds to that gradient; null without second-order terms. */
  private final FactorizationTerm factorization;

  private final DeepTerm deep;
  private final FieldLayout fields;
  private final IdColumns wide;
  private final OutputBias bias;
  private final double[] logits;
  private final double[] dlogits;

  /** The parts of the logits from attention and from the MLP, and the gradients of these parts. */
  private final Branches branches;

  private final double[] weight = new double[1];
  private double loss;
  private double weights;

  VectorKernel(ModelConfig config, FieldLayout fields, ParameterLayout layout) {
    this(config, fields, layout, BLOCK);
  }

  /**
   * @param block number of rows whose embeddings are in memory at once
   */
  private VectorKernel(ModelConfig config, FieldLayout fields, ParameterLayout layout, int block) {
    this.config = config;
    this.layout = layout;
    this.block = block;
    logits = new double[block];
    dlogits = new double[block];
    branches = new Branches(config.consistency(), dlogits);
    this.fields = fields;
    tensors = new DenseTensors(layout);
    int d = config.embeddingDim();
    rows = new EmbeddingRows(tensors, memory, fields, d, block);
    bank = Bank.reserve(memory, fields.size(), d);
    interaction =
        config.layers() > 0
            ? new InteractionTerm(config, tensors, memory, fields.size(), bank)
            : null;
    factorization = config.fm() ? new FactorizationTerm(memory, fields.size(), bank) : null;
    deep =
        config.deep().isEmpty()
            ? null
            : new DeepTerm(config, tensors, memory, rows.embeddings(), block);
    wide = config.wide() ? new IdColumns(fields) : null;
    bias = new OutputBias(tensors);
  }

  @Override
  public String name() {
    return "vector";
  }

  @Override
  public void logits(Parameters parameters, EncodedBatch batch, double[] into) {
    float[] s = load(parameters);
    for (int from = 0; from < batch.rows(); from += block) {
      int count = Math.min(block, batch.rows() - from);
      start(s, parameters, batch, from, count, false, null);
      if (usesLanes()) {
        for (int first = 0; first < count; first += L) {
          forward(s, batch, from, first, Math.min(L, count - first), null);
        }
      }
      System.arraycopy(logits, 0, into, from, count);
    }
  }

  @Override
  public void gradient(
      Parameters parameters, EncodedBatch batch, Dropout dropout, GradientSink sink) {
    if (config.batchNorm() && batch.rows() > block) {
      larger(batch.rows()).gradient(parameters, batch, dropout, sink);
      return;
    }
    float[] s = load(parameters);
    tensors.clear(s);
    loss = 0;
    weights = 0;
    for (int from = 0; from < batch.rows(); from += block) {
      int count = Math.min(block, batch.rows() - from);
      start(s, parameters, batch, from, count, true, dropout);
      if (usesLanes()) {
        for (int first = 0; first < count; first += L) {
          gradient(s, batch, from, first, Math.min(L, count - first), dropout);
        }
      } else {
        lossOf(batch, from, 0, count);
        clearGradient(s, count);
      }
      if (deep != null) {
        deep.backward(s, count, branches.ddeep(), rows.gradient());
        deep.addStatistics(sink);
      }
      rows.backward(s, batch, from, count, sink);
      if (wide != null) {
        wideBackward(batch, from, count, sink);
      }
    }
    tensors.addTo(sink, s);
    sink.addLoss(loss, weights, batch.rows());
  }

  private void wideBackward(EncodedBatch batch, int from, int count, GradientSink sink) {
    if (!fields.onlyIds()) {
      wide.visit(batch, from, count, (n, m, id, share) -> sink.addWide(id, share * dlogits[n]));
      return;
    }
    for (int n = 0; n < count; n++) {
      sink.addWide(batch.ids(), (from + n) * fields.singles(), fields.singles(), dlogits[n]);
    }
  }

  private float[] load(Parameters parameters) {
    float[] s = memory.array();
    tensors.load(parameters, s);
    if (deep != null) {
      deep.use(parameters.statistics());
    }
    return s;
  }

  /**
   * The batches of a training run differ little in size, so this allocates memory for a few more
   * rows than needed now.
   */
  private VectorKernel larger(int count) {
    if (larger == null || larger.block < count) {
      int some = Math.addExact(count, count / 4);
      larger = new VectorKernel(config, fields, layout, (some + BLOCK - 1) / BLOCK * BLOCK);
    }
    return larger;
  }

  /**
   * Computes the embeddings of a block, and the terms of its logits that are not computed in lanes.
   */
  private void start(
      float[] s,
      Parameters parameters,
      EncodedBatch batch,
      int from,
      int count,
      boolean training,
      Dropout dropout) {
    rows.gather(s, (FloatTable) parameters.embedding(), batch, from, count);
    Arrays.fill(logits, 0, count, bias.value());
    if (deep != null) {
      double[] term = branches.deep();
      Arrays.fill(term, 0, count, 0);
      deep.forward(s, batch, from, count, training, dropout, term);
      for (int n = 0; n < count; n++) {
        logits[n] += term[n];
      }
    }
    if (wide != null) {
      wide.visit(
          batch,
          from,
          count,
          (n, m, id, share) -> {
            parameters.wide().read(id, weight, 0);
            logits[n] += share * weight[0];
          });
    }
  }

  /** Whether there are terms that are computed in lanes. */
  private boolean usesLanes() {
    return interaction != null || factorization != null;
  }

  /** Adds the terms that are computed in lanes to the logits of a bank's rows. */
  private void forward(
      float[] s, EncodedBatch batch, int from, int first, int count, Dropout dropout) {
    held.set(batch, from + first, count);
    rows.toLanes(s, first, count, bank.embeddings());
    Arrays.fill(s, bank.logit(), bank.logit() + L, 0);
    if (interaction != null) {
      interaction.forward(s, held, dropout);
      for (int lane = 0; lane < count; lane++) {
        branches.attention()[first + lane] = s[bank.logit() + lane];
      }
    }
    if (factorization != null) {
      factorization.forward(s);
    }
    for (int lane = 0; lane < count; lane++) {
      logits[first + lane] += s[bank.logit() + lane];
    }
  }

  /** Forward and backward pass over a bank's rows: sets the gradient of their embeddings. */
  private void gradient(
      float[] s, EncodedBatch batch, int from, int first, int count, Dropout dropout) {
    forward(s, batch, from, first, count, dropout);
    lossOf(batch, from, first, count);
    if (interaction != null) {
      logitGradient(s, branches.dattention(), first, count);
      interaction.backward(s, first / L % Lanes.BANKS);
    } else {
      bank.clearGradient(s);
    }
    if (factorization != null) {
      logitGradient(s, dlogits, first, count);
      factorization.backward(s);
    }
    rows.fromLanes(s, first, count, bank.gradient());
  }

  private void logitGradient(float[] s, double[] dterm, int first, int count) {
    for (int lane = 0; lane < L; lane++) {
      s[bank.logitGradient() + lane] = lane < count ? (float) dterm[first + lane] : 0;
    }
  }

  private void clearGradient(float[] s, int count) {
    RowBlock gradient = rows.gradient();
    Arrays.fill(s, gradient.at(), gradient.at(count, 0), 0);
  }

  /** Adds the weighted loss of some rows of a block and computes the gradients of their logits. */
  private void lossOf(EncodedBatch batch, int from, int first, int count) {
    for (int n = first; n < first + count; n++) {
      double w = batch.weight(from + n);
      double label = batch.labels()[from + n];
      loss += w * LogisticLoss.loss(logits[n], label);
      weights += w;
      dlogits[n] = w * LogisticLoss.derivative(logits[n], label);
      branches.backward(n, logits[n], w);
      bias.add(dlogits[n]);
    }
  }
}
