package io.destine.kernel;

import io.destine.config.Attention;
import io.destine.config.ModelConfig;
import io.destine.config.Residual;
import io.destine.config.Unary;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.param.Parameters;
import io.destine.random.DropoutMask;
import io.destine.random.Purpose;
import java.util.Arrays;

/**
 * The network computed literally from its equations, field by field in plain doubles, without the
 * simplifications that kernels use: the oracle of their forward pass and, by finite differences, of
 * their gradients.
 */
final class PlainNetwork {
  private final ModelConfig config;
  private final FieldLayout fields;
  private final int heads;
  private final int c;

  PlainNetwork(ModelConfig config, FieldLayout fields) {
    this.config = config;
    this.fields = fields;
    heads = config.heads();
    c = config.headDim();
  }

  /** The weighted sum of the losses of a training pass. */
  double loss(Parameters p, EncodedBatch batch, Dropout dropout) {
    double[] logits = logits(p, batch, dropout, true);
    double loss = 0;
    for (int n = 0; n < logits.length; n++) {
      double sign = batch.labels()[n] == 1 ? 1 : -1;
      loss += batch.weight(n) * Math.log1p(Math.exp(-sign * logits[n]));
    }
    return loss;
  }

  /** Logits of a training pass or of a scoring one. */
  double[] logits(Parameters p, EncodedBatch batch, Dropout dropout, boolean training) {
    double[] logits = new double[batch.rows()];
    double[][][] embeddings = new double[batch.rows()][][];
    for (int n = 0; n < batch.rows(); n++) {
      double[][] e = new PlainEmbeddings(p, fields, batch, n).vectors();
      embeddings[n] = e;
      logits[n] = interaction(p, e, batch.key(n), dropout) + (config.fm() ? fm(e) : 0);
      logits[n] += config.wide() ? new PlainEmbeddings(p, fields, batch, n).firstOrder() : 0;
    }
    if (!config.deep().isEmpty()) {
      double[] deep = new PlainDeep(config, p).outputs(embeddings, batch, dropout, training);
      Arrays.setAll(logits, n -> logits[n] + deep[n]);
    }
    return logits;
  }

  private static double fm(double[][] e) {
    double sum = 0;
    for (int m = 0; m < e.length; m++) {
      for (int n = m + 1; n < e.length; n++) {
        sum += PlainMaths.dot(e[m], e[n]);
      }
    }
    return sum;
  }

  private double interaction(Parameters p, double[][] e, long key, Dropout dropout) {
    if (config.layers() == 0) {
      return PlainMaths.tensor(p, "output.bias")[0];
    }
    double[][] x = e;
    for (int l = 0; l < config.layers(); l++) {
      x = layer(p, l, x, mask(key, l, dropout));
    }
    if (config.residual() != Residual.EACH_LAYER) {
      for (int m = 0; m < x.length; m++) {
        if (config.residual() == Residual.LAST_LAYER) {
          x[m] = PlainMaths.sum(x[m], PlainMaths.affine(p, "residual", e[m]));
        }
        x[m] = PlainMaths.relu(x[m]);
      }
    }
    return PlainMaths.affine(p, "output", PlainMaths.concatenate(x))[0];
  }

  /** Factors by (h * M + m) * M + n, or null for none. */
  private double[] mask(long key, int layer, Dropout dropout) {
    if (dropout == null || config.attentionDropout() == 0) {
      return null;
    }
    DropoutMask mask =
        new DropoutMask(
            dropout.seed(), Purpose.ATTENTION_DROPOUT, dropout.epoch(), config.attentionDropout());
    double[] factors = new double[heads * fields.size() * fields.size()];
    Arrays.setAll(factors, i -> mask.factor(mask.stream(key, layer), i));
    return factors;
  }

  private double[][] layer(Parameters p, int l, double[][] x, double[] mask) {
    int fieldCount = x.length;
    String prefix = "layers." + l + ".";
    double[][] q = config.hasPairwise() ? projected(p, prefix + "query", x) : null;
    double[][] k = config.hasKeys() ? projected(p, prefix + "key", x) : null;
    double[][] v = projected(p, prefix + "value", x);
    double[][] z = new double[fieldCount][heads * c];
    for (int h = 0; h < heads; h++) {
      double[] u = config.hasUnary() ? unary(p, prefix, x, k, h) : new double[fieldCount];
      for (int m = 0; m < fieldCount; m++) {
        double[] a = config.hasPairwise() ? pairwise(q, k, h, m) : new double[fieldCount];
        for (int n = 0; n < fieldCount; n++) {
          int index = (h * fieldCount + m) * fieldCount + n;
          double weight = (a[n] + u[n]) * (mask == null ? 1 : mask[index]);
          for (int i = h * c; i < (h + 1) * c; i++) {
            z[m][i] += weight * v[n][i];
          }
        }
      }
    }
    if (config.residual() == Residual.EACH_LAYER) {
      for (int m = 0; m < fieldCount; m++) {
        z[m] =
            PlainMaths.relu(PlainMaths.sum(z[m], PlainMaths.affine(p, prefix + "residual", x[m])));
      }
    }
    return z;
  }

  private double[][] projected(Parameters p, String name, double[][] x) {
    double[][] y = new double[x.length][];
    for (int m = 0; m < x.length; m++) {
      y[m] = PlainMaths.affine(p, name, x[m]);
      y[m] = config.reluBeforeAttention() ? PlainMaths.relu(y[m]) : y[m];
    }
    return y;
  }

  /** Equation 4 for query m of head h. */
  private double[] pairwise(double[][] q, double[][] k, int h, int m) {
    boolean whitened = config.attention() != Attention.PLAIN;
    double[] none = new double[heads * c];
    double[] meanQuery = whitened ? PlainMaths.mean(q) : none;
    double[] meanKey = whitened ? PlainMaths.mean(k) : none;
    double[] logits = new double[k.length];
    for (int n = 0; n < k.length; n++) {
      for (int i = h * c; i < (h + 1) * c; i++) {
        logits[n] += (q[m][i] - meanQuery[i]) * (k[n][i] - meanKey[i]);
      }
      logits[n] /= config.scale() ? Math.sqrt(c) : 1;
    }
    return PlainMaths.softmax(logits);
  }

  /** Equation 5 for head h, or the linear score. */
  private double[] unary(Parameters p, String prefix, double[][] x, double[][] k, int h) {
    double[] logits = new double[x.length];
    if (config.unary() == Unary.LINEAR) {
      for (int n = 0; n < x.length; n++) {
        logits[n] = PlainMaths.affine(p, prefix + "unary_query", x[n])[h];
      }
    } else {
      double[] mean = PlainMaths.mean(projected(p, prefix + "unary_query", x));
      for (int n = 0; n < x.length; n++) {
        for (int i = h * c; i < (h + 1) * c; i++) {
          logits[n] += mean[i] * k[n][i];
        }
      }
    }
    return PlainMaths.softmax(logits);
  }
}
