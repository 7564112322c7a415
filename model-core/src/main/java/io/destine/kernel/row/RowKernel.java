package io.destine.kernel.row;

import io.destine.config.ModelConfig;
import io.destine.config.Residual;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import io.destine.kernel.Forward;
import io.destine.param.FloatTable;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import java.util.Arrays;

/**
 * The forward pass over one row or a few rows at a time, float32, with the fields of a row in
 * lanes, for services that score single rows. It supports all options of the network. If the vector
 * kernel (with rows in lanes) supports the network, the logits are bit-identical to those of the
 * vector kernel, on any processor and with any {@link FieldLanes}.
 *
 * <p>Shape letters: M fields, d embedding dimension, D attention width.
 */
public final class RowKernel implements Forward {
  private final ModelConfig config;
  private final FieldLayout fields;
  private final ParameterLayout layout;
  private final FieldLanes math;
  private RowNetwork numbers;
  private Parameters loaded;
  private long version;

  /** Maximum number of rows computed together. */
  private int block;

  private EmbeddingRow embedding;
  private AttentionRow[] layers;
  private FieldMatrix x;
  private FieldMatrix residual;
  private float[][] hidden;
  private float[] deepLogits = {};

  /** [rows] the interaction's share of the logits, 0 without layers. */
  private float[] scores = {};

  private final float[] sums;
  private final double[] one = new double[1];

  /**
   * A kernel for one thread.
   *
   * @param math the loops, used only by this kernel
   */
  public RowKernel(
      ModelConfig config, FieldLayout fields, ParameterLayout layout, FieldLanes math) {
    this.config = config;
    this.fields = fields;
    this.layout = layout;
    this.math = math;
    sums = new float[config.embeddingDim()];
  }

  /** Another kernel of the same network, for another thread; it shares the loaded tensors. */
  public RowKernel another() {
    RowKernel other = new RowKernel(config, fields, layout, math.another());
    if (numbers != null) {
      other.use(numbers);
      other.loaded = loaded;
      other.version = version;
    }
    return other;
  }

  @Override
  public String name() {
    return math.name();
  }

  /** Reads the dense tensors unless they are already loaded. */
  public void load(Parameters parameters) {
    if (parameters == loaded && parameters.version() == version) {
      return;
    }
    // Read before the copy, so that values that change during the copy are copied again by the next
    // call.
    long copied = parameters.version();
    use(new RowNetwork(config, fields, layout, parameters, math));
    loaded = parameters;
    version = copied;
  }

  private void use(RowNetwork of) {
    numbers = of;
    block = Math.max(1, math.lanesAtOnce() / of.lanes());
    embedding = new EmbeddingRow(of, math);
    FieldMatrix projected =
        math.matrix(
            of.layers().stream()
                .mapToInt(layer -> AttentionRow.scratch(config, layer))
                .max()
                .orElse(0));
    layers = new AttentionRow[config.layers()];
    for (int l = 0; l < layers.length; l++) {
      layers[l] =
          new AttentionRow(config, of.layers().get(l), fields.size(), of.lanes(), math, projected);
    }
    x = math.matrix(config.embeddingDim());
    residual = math.matrix(config.attentionWidth());
    hidden = new float[of.deep().size()][0];
  }

  @Override
  public void logits(Parameters parameters, EncodedBatch batch, double[] logits) {
    load(parameters);
    for (int n = 0; n < batch.rows(); n += block) {
      logits(parameters, batch, n, Math.min(block, batch.rows() - n), logits, n);
    }
  }

  /** The logit of row n of a batch. */
  public double logit(Parameters parameters, EncodedBatch batch, int n) {
    load(parameters);
    logits(parameters, batch, n, 1, one, 0);
    return one[0];
  }

  /** Sets the logits of rows n to n + count - 1, from {@code at} on. */
  private void logits(
      Parameters parameters, EncodedBatch batch, int n, int count, double[] logits, int at) {
    embedding.gather((FloatTable) parameters.embedding(), batch, n, count);
    Arrays.fill(logits, at, at + count, numbers.outputBias());
    if (numbers.deepOutput() != null) {
      deep(count);
      for (int r = 0; r < count; r++) {
        logits[at + r] += deepLogits[r * numbers.deepOutput().step()];
      }
    }
    if (config.wide()) {
      for (int r = 0; r < count; r++) {
        logits[at + r] = wide(parameters, batch, n + r, logits[at + r]);
      }
    }
    scores = roomy(scores, count);
    if (layers.length > 0) {
      score(interaction(count), count, scores);
    }
    for (int r = 0; r < count && (layers.length > 0 || config.fm()); r++) {
      logits[at + r] += config.fm() ? factorization(scores[r], r) : scores[r];
    }
  }

  /**
   * An attention weight of the row that {@link #logit} computed last: p(t, n) of the pairwise term
   * for t below M, u(n) of the unary term for t = M; 0 where the network has no such term.
   *
   * @param layer counted from 0
   * @param head counted from 0
   */
  public float attention(int layer, int head, int t, int n) {
    return layers[layer].weight(head, t, n);
  }

  private void deep(int count) {
    float[] y = embedding.embeddings();
    int step = embedding.size();
    for (int i = 0; i < hidden.length; i++) {
      DeepLayer layer = numbers.deep().get(i);
      hidden[i] = roomy(hidden[i], count * layer.projection().step());
      layer.apply(math, y, step, hidden[i], count);
      y = hidden[i];
      step = layer.projection().step();
    }
    deepLogits = roomy(deepLogits, count * numbers.deepOutput().step());
    numbers.deepOutput().apply(math, y, 0, step, deepLogits, count);
  }

  private static float[] roomy(float[] array, int length) {
    return array.length < length ? new float[length] : array;
  }

  /** Adds the first-order weights, ids in order of the fields, each id's share of its field. */
  private double wide(Parameters parameters, EncodedBatch batch, int n, double logit) {
    FloatTable table = (FloatTable) parameters.wide();
    double sum = logit;
    for (int m = 0; m < fields.size(); m++) {
      FieldShape.Kind kind = fields.field(m).kind();
      int column = fields.column(m);
      if (kind == FieldShape.Kind.ID) {
        int id = batch.ids()[n * fields.singles() + column];
        sum += table.page(id)[table.offset(id)];
      } else if (kind == FieldShape.Kind.MULTI) {
        int list = n * fields.multis() + column;
        int from = batch.multiOffsets()[list];
        int to = batch.multiOffsets()[list + 1];
        for (int i = from; i < to; i++) {
          int id = batch.multiIds()[i];
          sum += 1.0 / (to - from) * table.page(id)[table.offset(id)];
        }
      }
    }
    return sum;
  }

  /** Computes the last layer's output [D, count * lanes]. */
  private FieldMatrix interaction(int count) {
    x.resize(count * numbers.lanes());
    embedding.toLanes(x, numbers.lanes(), count);
    FieldMatrix in = x;
    for (AttentionRow layer : layers) {
      layer.forward(in, count);
      in = layer.out();
    }
    if (config.residual() != Residual.EACH_LAYER) {
      rectifyLast(in);
    }
    return in;
  }

  /**
   * w . [out_1; ...; out_M] of each row. Four rows at a time, since the sum of one row is a chain
   * of dependent operations.
   */
  private void score(FieldMatrix out, int count, float[] scores) {
    int lanes = numbers.lanes();
    int r = 0;
    for (; r + 4 <= count; r += 4) {
      scoreFour(out, r * lanes, lanes, scores, r);
    }
    for (; r < count; r++) {
      scoreOne(out, r * lanes, scores, r);
    }
  }

  private void scoreFour(FieldMatrix out, int first, int lanes, float[] scores, int r) {
    int width = config.attentionWidth();
    float[] output = numbers.output();
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    for (int m = 0; m < fields.size(); m++) {
      for (int i = 0; i < width; i++) {
        float w = output[m * width + i];
        float[] row = out.array(i);
        int at = out.at(i) + first + m;
        s0 = Math.fma(row[at], w, s0);
        s1 = Math.fma(row[at + lanes], w, s1);
        s2 = Math.fma(row[at + 2 * lanes], w, s2);
        s3 = Math.fma(row[at + 3 * lanes], w, s3);
      }
    }
    scores[r] = s0;
    scores[r + 1] = s1;
    scores[r + 2] = s2;
    scores[r + 3] = s3;
  }

  private void scoreOne(FieldMatrix out, int first, float[] scores, int r) {
    int width = config.attentionWidth();
    float[] output = numbers.output();
    float sum = 0;
    for (int m = 0; m < fields.size(); m++) {
      for (int i = 0; i < width; i++) {
        sum = Math.fma(out.array(i)[out.at(i) + first + m], output[m * width + i], sum);
      }
    }
    scores[r] = sum;
  }

  /** Applies one ReLU after the last layer, after adding Wr e if there is a residual. */
  private void rectifyLast(FieldMatrix z) {
    float[] weights = numbers.lastResidual();
    if (weights != null) {
      residual.resize(z.step());
      math.project(weights, numbers.lastResidualBias(), x, residual);
    }
    for (int i = 0; i < config.attentionWidth(); i++) {
      float[] row = z.array(i);
      int at = z.at(i);
      for (int j = 0; j < z.step(); j++) {
        float more = weights == null ? 0 : residual.array(i)[residual.at(i) + j];
        row[at + j] = Math.max(row[at + j] + more, 0);
      }
    }
  }

  /** Adds (|s|^2 - sum_m |e_m|^2) / 2 with s = sum_m e_m. */
  private float factorization(float sum, int row) {
    float[] e = embedding.embeddings();
    int d = sums.length;
    int start = row * embedding.size();
    int end = start + embedding.size();
    System.arraycopy(e, start, sums, 0, d);
    for (int at = start + d; at < end; at += d) {
      for (int j = 0; j < d; j++) {
        sums[j] += e[at + j];
      }
    }
    float total = sum;
    for (int j = 0; j < d; j++) {
      total = Math.fma(sums[j] * 0.5f, sums[j], total);
    }
    for (int i = start; i < end; i++) {
      total = Math.fma(e[i] * -0.5f, e[i], total);
    }
    return total;
  }
}
