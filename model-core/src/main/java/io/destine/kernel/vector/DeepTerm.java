package io.destine.kernel.vector;

import io.destine.config.ModelConfig;
import io.destine.feature.EncodedBatch;
import io.destine.kernel.Dropout;
import io.destine.param.GradientSink;
import io.destine.param.ParameterLayout;
import io.destine.random.CounterRandom;
import io.destine.random.DropoutMask;
import io.destine.random.Purpose;
import java.util.Arrays;

/**
 * The MLP over the concatenated embeddings [B, M * d]: linear, batch normalization, ReLU and
 * dropout in each hidden layer, then linear with one output.
 */
final class DeepTerm implements DenseTensors.Part {
  private final double dropRate;
  private final RowProjection[] layers;

  /** [layers], null without batch normalization. */
  private final BatchNorm[] norms;

  /** Statistics of the rows of the last training pass, times the number of rows. */
  private final double[] observed;

  private final RowBlock[] masks;
  private final ParameterLayout.Tensor weight;
  private final ParameterLayout.Tensor bias;
  private final int weights;
  private final int weightGradient;
  private final int width;
  private final RowBlock inputGradient;
  private float outputBias;
  private double outputBiasGradient;
  private boolean masked;
  private double[] running;

  /**
   * @param e [rows, M * d]
   * @param rows maximum rows of a call; with batch normalization a call has the whole training
   *     batch
   */
  DeepTerm(ModelConfig config, DenseTensors tensors, Memory memory, RowBlock e, int rows) {
    dropRate = config.deepDropout();
    int count = config.deep().size();
    layers = new RowProjection[count];
    masks = new RowBlock[count];
    norms = config.batchNorm() ? new BatchNorm[count] : null;
    observed = new double[tensors.statisticsSize()];
    inputGradient =
        new RowBlock(memory.reserve((long) (rows + LaneMatrix.SPARE) * e.rowStep()), e.rowStep());
    RowBlock x = e;
    RowBlock dx = inputGradient;
    for (int l = 0; l < count; l++) {
      int units = config.deep().get(l);
      RowBlock y = RowBlock.reserve(memory, rows, units);
      RowBlock dy = RowBlock.reserve(memory, rows, units);
      layers[l] = new RowProjection(tensors, memory, "deep." + l, x, y, dy, dx, rows);
      if (norms != null) {
        norms[l] = new BatchNorm(tensors, memory, "deep." + l + ".norm", units, rows);
      }
      masks[l] = dropRate > 0 ? RowBlock.reserve(memory, rows, units) : null;
      x = y;
      dx = dy;
    }
    width = config.deep().get(count - 1);
    weight = tensors.tensor("deep." + count + ".weight");
    bias = tensors.tensor("deep." + count + ".bias");
    weights = RowBlock.reserve(memory, 1, width).at();
    weightGradient = RowBlock.reserve(memory, 1, width).at();
    tensors.add(this);
  }

  /** Sets the running statistics for the following passes. */
  void use(double[] statistics) {
    running = statistics;
  }

  /** Adds the term to the logits of some rows of a batch, whose embeddings have been computed. */
  void forward(
      float[] s,
      EncodedBatch batch,
      int from,
      int rows,
      boolean training,
      Dropout dropout,
      double[] logits) {
    masked = dropRate > 0 && dropout != null;
    for (int l = 0; l < layers.length; l++) {
      RowProjection layer = layers[l];
      layer.forward(s, rows);
      RowBlock y = layer.y();
      int vectors = RowBlock.vectors(layer.outputs());
      if (norms != null && training) {
        norms[l].train(s, y, rows, observed);
      } else if (norms != null) {
        norms[l].forward(s, y, rows, running);
      }
      if (masked) {
        draw(s, batch, from, rows, dropout, l);
      }
      for (int n = 0; n < rows; n++) {
        LaneMath.rectify(s, y.at(n, 0), vectors);
        if (masked) {
          LaneMath.multiply(s, y.at(n, 0), masks[l].at(n, 0), vectors, y.at(n, 0));
        }
      }
    }
    RowBlock last = layers[layers.length - 1].y();
    for (int n = 0; n < rows; n++) {
      float sum = outputBias;
      int at = last.at(n, 0);
      for (int i = 0; i < width; i++) {
        sum = Math.fma(s[weights + i], s[at + i], sum);
      }
      logits[n] += sum;
    }
  }

  private void draw(float[] s, EncodedBatch batch, int from, int rows, Dropout dropout, int layer) {
    DropoutMask mask =
        new DropoutMask(dropout.seed(), Purpose.DEEP_DROPOUT, dropout.epoch(), dropRate);
    for (int n = 0; n < rows; n++) {
      CounterRandom stream = mask.stream(batch.key(from + n), layer);
      int at = masks[layer].at(n, 0);
      for (int i = 0; i < layers[layer].outputs(); i++) {
        s[at + i] = mask.factor(stream, i);
      }
    }
  }

  /**
   * After {@link #forward} of the same rows: adds to the sums and to the embeddings' gradient.
   *
   * @param dlogits [rows]
   * @param gradient of the embeddings, [rows, M * d]
   */
  void backward(float[] s, int rows, double[] dlogits, RowBlock gradient) {
    RowProjection last = layers[layers.length - 1];
    for (int n = 0; n < rows; n++) {
      float g = (float) dlogits[n];
      int y = last.y().at(n, 0);
      int dy = last.dy().at(n, 0);
      for (int i = 0; i < width; i++) {
        s[weightGradient + i] = Math.fma(g, s[y + i], s[weightGradient + i]);
        s[dy + i] = g * s[weights + i];
      }
      outputBiasGradient += g;
    }
    for (int l = layers.length - 1; l >= 0; l--) {
      RowProjection layer = layers[l];
      int vectors = RowBlock.vectors(layer.outputs());
      for (int n = 0; n < rows; n++) {
        int dy = layer.dy().at(n, 0);
        if (masked) {
          LaneMath.multiply(s, dy, masks[l].at(n, 0), vectors, dy);
        }
        // A unit set to zero by dropout has a zero mask, so the masked output can be used.
        LaneMath.rectifiedGradient(s, layer.y().at(n, 0), dy, vectors, dy);
      }
      if (norms != null) {
        norms[l].backward(s, layer.dy(), rows);
      }
      layer.backward(s, rows);
    }
    for (int n = 0; n < rows; n++) {
      int into = gradient.at(n, 0);
      LaneMath.add(s, into, inputGradient.at(n, 0), inputGradient.rowStep() / Lanes.LENGTH, into);
    }
  }

  /** Adds the statistics of the last training pass to {@code sink}, if there are any. */
  void addStatistics(GradientSink sink) {
    if (norms != null) {
      sink.addStatistics(observed);
    }
  }

  @Override
  public void load(double[] dense, float[] s) {
    for (int i = 0; i < width; i++) {
      s[weights + i] = (float) dense[weight.offset() + i];
    }
    outputBias = (float) dense[bias.offset()];
  }

  @Override
  public void clear(float[] s) {
    Arrays.fill(s, weightGradient, weightGradient + width, 0);
    outputBiasGradient = 0;
  }

  @Override
  public void collect(float[] s, float[] gradient) {
    System.arraycopy(s, weightGradient, gradient, weight.offset(), width);
    gradient[bias.offset()] = (float) outputBiasGradient;
  }
}
