package io.destine.spark.generate;

import io.destine.random.CounterRandom;
import io.destine.random.Purpose;

/**
 * One layer of decoupled self-attention over the fields of a row, with one head of {@value
 * ValueParts#RANK} numbers and fixed weights:
 *
 * <pre>
 *   q_m = Wq x_m    k_n = Wk x_n    v_n = Wv x_n    r_m = Wr x_m    q' = W'q mean_m x_m
 *   p(m,n) = softmax_n( t (q_m - mean_q) . (k_n - mean_k) )
 *   u(n)   = softmax_n( t' q' . (k_n - mean_k) )
 *   z_m    = sum_n (p(m,n) + u(n)) v_n
 *   value  = sum_m w_m . max(0, z_m + r_m)
 * </pre>
 *
 * <p>The elements of the matrices have variance 1 / {@value ValueParts#RANK}, the elements of w_m
 * variance 1; all are normally distributed and a function of the seed. Uses {@link StrictMath} and
 * sums in a fixed order, so values are identical on every machine. Mutable; one thread.
 */
final class TeacherAttention implements Interaction {
  /**
   * Target standard deviation of the logits over the fields n of a row, which determines the
   * factors t and t'. With eight fields, the largest weight is then about one half.
   */
  static final double SHARPNESS = 2;

  private static final int C = ValueParts.RANK;

  private final int fields;
  private final AttentionFactors factors;
  private final double[][] query;
  private final double[][] key;
  private final double[][] value;
  private final double[][] residual;
  private final double[][] unaryQuery;
  private final double[][] output;

  private final double[][] q;
  private final double[][] k;
  private final double[][] v;
  private final double[][] pairwise;
  private final double[] unary;
  private final double[] mean = new double[C];
  private final double[] q0 = new double[C];
  private final double[] common = new double[C];
  private final double[] z = new double[C];

  TeacherAttention(long seed, int fields, AttentionFactors factors) {
    this.fields = fields;
    this.factors = factors;
    CounterRandom random = CounterRandom.of(seed, Purpose.TEACHER).at("attention");
    double deviation = 1 / Math.sqrt(C);
    query = normal(random.at("query"), C, deviation);
    key = normal(random.at("key"), C, deviation);
    value = normal(random.at("value"), C, deviation);
    residual = normal(random.at("residual"), C, deviation);
    unaryQuery = normal(random.at("unary query"), C, deviation);
    output = normal(random.at("output"), fields, 1);
    q = new double[fields][C];
    k = new double[fields][C];
    v = new double[fields][C];
    pairwise = new double[fields][fields];
    unary = new double[fields];
  }

  private static double[][] normal(CounterRandom random, int rows, double deviation) {
    double[][] matrix = new double[rows][C];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < C; j++) {
        matrix[i][j] = deviation * random.gaussian((long) i * C + j);
      }
    }
    return matrix;
  }

  @Override
  public double of(double[][] x) {
    logits(x);
    softmax(unary);
    weightedSum(unary, common);
    double sum = 0;
    for (int m = 0; m < fields; m++) {
      softmax(pairwise[m]);
      weightedSum(pairwise[m], z);
      for (int i = 0; i < C; i++) {
        double hidden = z[i] + common[i] + dot(residual[i], x[m]);
        sum += output[m][i] * Math.max(0, hidden);
      }
    }
    return sum;
  }

  /** The factors with which the logits of a sample of rows have the {@link #SHARPNESS}. */
  static AttentionFactors factors(double pairwiseVariance, double unaryVariance) {
    return new AttentionFactors(factor(pairwiseVariance), factor(unaryVariance));
  }

  private static double factor(double variance) {
    return variance > 0 ? SHARPNESS / Math.sqrt(variance) : 0;
  }

  /** Variances over n of the row's pairwise logits, averaged over m, and of its unary logits. */
  double[] variances(double[][] x) {
    logits(x);
    double squares = 0;
    for (double[] row : pairwise) {
      squares += dot(row, row);
    }
    return new double[] {squares / fields / fields, dot(unary, unary) / fields};
  }

  /** Writes the logits, whose mean over n is 0, into the arrays for the weights. */
  private void logits(double[][] x) {
    for (int i = 0; i < C; i++) {
      double sum = 0;
      for (int m = 0; m < fields; m++) {
        sum += x[m][i];
      }
      mean[i] = sum / fields;
    }
    for (int i = 0; i < C; i++) {
      double meanQuery = dot(query[i], mean);
      double meanKey = dot(key[i], mean);
      q0[i] = factors.unary() * dot(unaryQuery[i], mean);
      for (int m = 0; m < fields; m++) {
        q[m][i] = factors.pairwise() * (dot(query[i], x[m]) - meanQuery);
        k[m][i] = dot(key[i], x[m]) - meanKey;
        v[m][i] = dot(value[i], x[m]);
      }
    }
    for (int n = 0; n < fields; n++) {
      unary[n] = dot(q0, k[n]);
      for (int m = 0; m < fields; m++) {
        pairwise[m][n] = dot(q[m], k[n]);
      }
    }
  }

  private static void softmax(double[] logits) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double logit : logits) {
      largest = Math.max(largest, logit);
    }
    double sum = 0;
    for (int n = 0; n < logits.length; n++) {
      logits[n] = StrictMath.exp(logits[n] - largest);
      sum += logits[n];
    }
    for (int n = 0; n < logits.length; n++) {
      logits[n] /= sum;
    }
  }

  private void weightedSum(double[] weights, double[] sum) {
    for (int i = 0; i < C; i++) {
      sum[i] = 0;
      for (int n = 0; n < fields; n++) {
        sum[i] += weights[n] * v[n][i];
      }
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** p [M][M] of the last row given to {@link #of}; the next one overwrites it. */
  double[][] pairwiseWeights() {
    return pairwise;
  }

  /** u [M] of the last row given to {@link #of}; the next one overwrites it. */
  double[] unaryWeights() {
    return unary;
  }
}
