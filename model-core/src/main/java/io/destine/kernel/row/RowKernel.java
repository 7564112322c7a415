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
import java.util.List;

/**
 * The forward pass over one row at a time, float32, with the fields of the row in lanes: what a
 * service uses that scores single rows. It computes every option of the network. For networks that
 * the vector kernel computes, which has rows in lanes, the logits have the same bits, whatever the
 * processor and whichever {@link FieldLanes}.
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

  private EmbeddingRow embedding;
  private AttentionRow[] layers;
  private float[] x;
  private float[] residual;
  private float[][] hidden;
  private float[] deepLogit;
  private final float[] sums;

  /**
   * A kernel for one thread.
   *
   * @param math the loops
   */
  public RowKernel(
      ModelConfig config, FieldLayout fields, ParameterLayout layout, FieldLanes math) {
    this.config = config;
    this.fields = fields;
    this.layout = layout;
    this.math = math;
    sums = new float[config.embeddingDim()];
  }

  /** Another kernel of the same network, for another thread, which shares what has been loaded. */
  public RowKernel another() {
    RowKernel other = new RowKernel(config, fields, layout, math);
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

  /** Reads the dense tensors unless they are here already. */
  public void load(Parameters parameters) {
    if (parameters == loaded && parameters.version() == version) {
      return;
    }
    // Read before the copy: values that change meanwhile are then copied again by the next call.
    long copied = parameters.version();
    use(new RowNetwork(config, fields, layout, parameters, math));
    loaded = parameters;
    version = copied;
  }

  private void use(RowNetwork of) {
    numbers = of;
    int lanes = of.lanes();
    embedding = new EmbeddingRow(of);
    x = new float[config.embeddingDim() * lanes];
    layers = new AttentionRow[config.layers()];
    for (int l = 0; l < layers.length; l++) {
      layers[l] = new AttentionRow(config, of.layers().get(l), fields.size(), lanes, math);
    }
    residual = of.lastResidual() == null ? null : new float[config.attentionWidth() * lanes];
    List<DeepLayer> deep = of.deep();
    hidden = new float[deep.size()][];
    for (int i = 0; i < hidden.length; i++) {
      hidden[i] = new float[deep.get(i).projection().step()];
    }
    deepLogit = of.deepOutput() == null ? null : new float[of.deepOutput().step()];
  }

  @Override
  public void logits(Parameters parameters, EncodedBatch batch, double[] logits) {
    load(parameters);
    for (int n = 0; n < batch.rows(); n++) {
      logits[n] = logit(parameters, batch, n);
    }
  }

  /** The logit of row n of a batch. */
  public double logit(Parameters parameters, EncodedBatch batch, int n) {
    load(parameters);
    embedding.gather((FloatTable) parameters.embedding(), batch, n);
    double logit = numbers.outputBias();
    if (deepLogit != null) {
      logit += deep();
    }
    if (config.wide()) {
      logit = wide(parameters, batch, n, logit);
    }
    if (layers.length > 0 || config.fm()) {
      embedding.toLanes(x, numbers.lanes());
      float sum = 0;
      if (layers.length > 0) {
        sum = interaction();
      }
      if (config.fm()) {
        sum = factorization(sum);
      }
      logit += sum;
    }
    return logit;
  }

  /**
   * An attention weight of the row whose logit was computed last: p(t, n) of the pairwise term for
   * t below M, u(n) of the unary term for t = M; 0 where the network has no such term.
   *
   * @param layer counted from 0
   * @param head counted from 0
   */
  public float attention(int layer, int head, int t, int n) {
    return layers[layer].weight(head, t, n);
  }

  private float deep() {
    float[] y = embedding.embeddings();
    for (int i = 0; i < hidden.length; i++) {
      numbers.deep().get(i).apply(math, y, hidden[i]);
      y = hidden[i];
    }
    numbers.deepOutput().apply(math, y, 0, deepLogit);
    return deepLogit[0];
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
        sum += table.chunk(id)[table.offset(id)];
      } else if (kind == FieldShape.Kind.MULTI) {
        int list = n * fields.multis() + column;
        int from = batch.multiOffsets()[list];
        int to = batch.multiOffsets()[list + 1];
        for (int i = from; i < to; i++) {
          int id = batch.multiIds()[i];
          sum += 1.0 / (to - from) * table.chunk(id)[table.offset(id)];
        }
      }
    }
    return sum;
  }

  /** w . [out_1; ...; out_M] of the last layer. */
  private float interaction() {
    float[] in = x;
    for (AttentionRow layer : layers) {
      layer.forward(in);
      in = layer.out();
    }
    int width = config.attentionWidth();
    int lanes = numbers.lanes();
    if (config.residual() != Residual.EACH_LAYER) {
      rectifyLast(in, width, lanes);
    }
    float[] output = numbers.output();
    float sum = 0;
    for (int m = 0; m < fields.size(); m++) {
      for (int i = 0; i < width; i++) {
        sum = Math.fma(in[i * lanes + m], output[m * width + i], sum);
      }
    }
    return sum;
  }

  /** One ReLU behind the last layer, after adding Wr e where there is a residual. */
  private void rectifyLast(float[] z, int width, int lanes) {
    if (residual != null) {
      float[] bias = numbers.lastResidualBias();
      for (int i = 0; i < width; i++) {
        Arrays.fill(residual, i * lanes, (i + 1) * lanes, bias[i]);
      }
      int d = config.embeddingDim();
      math.multiply(
          numbers.lastResidual(), 0, d, 1, x, 0, lanes, residual, 0, lanes, width, d, lanes);
    }
    for (int i = 0; i < width * lanes; i++) {
      z[i] = Math.max(z[i] + (residual == null ? 0 : residual[i]), 0);
    }
  }

  /** Adds (|s|^2 - sum_m |e_m|^2) / 2 with s = sum_m e_m. */
  private float factorization(float sum) {
    float[] e = embedding.embeddings();
    int d = sums.length;
    System.arraycopy(e, 0, sums, 0, d);
    for (int at = d; at < e.length; at += d) {
      for (int j = 0; j < d; j++) {
        sums[j] += e[at + j];
      }
    }
    float total = sum;
    for (int j = 0; j < d; j++) {
      total = Math.fma(sums[j] * 0.5f, sums[j], total);
    }
    for (float v : e) {
      total = Math.fma(v * -0.5f, v, total);
    }
    return total;
  }
}
