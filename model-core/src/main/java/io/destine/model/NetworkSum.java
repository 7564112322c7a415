package io.destine.model;

import io.destine.config.ModelConfig;
import io.destine.param.ParameterLayout;
import io.destine.param.ParameterLayout.Tensor;
import io.destine.param.ParameterTable;
import io.destine.param.Parameters;
import java.util.Arrays;
import java.util.List;

/**
 * The sum of k equal networks with different parameters, z = s_1 z_1 + ... + s_k z_k, as one
 * network of the same kind. Embeddings, heads and units of the deep part are concatenated, and
 * projections are block diagonal, so that networks do not interact; the last weights of attention
 * and deep part are multiplied by s_j. The factorization term is quadratic in the embeddings: if
 * there is one, embeddings are multiplied by sqrt(s_j), and the weights that are applied to them
 * are divided by it.
 */
public final class NetworkSum {
  private final Destine one;
  private final Destine sum;
  private final double[] shares;

  /**
   * The sum of networks.
   *
   * @param one the network that all summands have in common
   * @param shares [k] s_j, above 0
   * @throws IllegalArgumentException when the sum is larger than a network can be, or the networks
   *     have attention over the values of lists, since each has its own attention weights
   */
  public NetworkSum(Destine one, double... shares) {
    if (one.layout().hasPooling()) {
      throw new IllegalArgumentException(
          "networks with model.list-pooling = attention cannot be combined into one network");
    }
    this.one = one;
    this.shares = shares.clone();
    ModelConfig config = one.config();
    int k = shares.length;
    sum =
        new Destine(
            config.toBuilder()
                .embeddingDim(k * config.embeddingDim())
                .heads(k * config.heads())
                .deep(config.deep().stream().map(width -> k * width).toList())
                .build(),
            one.fields());
  }

  /** The network of the sum. */
  public Destine network() {
    return sum;
  }

  /**
   * The parameters of the sum.
   *
   * @param networks [k] of the summands, all with the same number of table rows
   */
  public Parameters parameters(List<Parameters> networks) {
    Parameters first = networks.get(0);
    Parameters all = new Parameters(sum.layout(), first.precision(), first.rows());
    for (Tensor tensor : one.layout().tensors()) {
      double[] into = new double[sum.layout().tensor(tensor.name()).size()];
      for (int j = 0; j < shares.length; j++) {
        place(tensor, networks.get(j).dense(), j, into);
      }
      copy(into, sum.layout().tensor(tensor.name()), all.dense(), all);
    }
    for (Tensor tensor : one.layout().statistics()) {
      Tensor target = sum.layout().statistic(tensor.name());
      for (int j = 0; j < shares.length; j++) {
        System.arraycopy(
            networks.get(j).statistics(),
            tensor.offset(),
            all.statistics(),
            target.offset() + j * tensor.size(),
            tensor.size());
      }
    }
    tables(networks, all);
    return all;
  }

  private static void copy(double[] values, Tensor target, double[] dense, Parameters rounding) {
    for (int i = 0; i < values.length; i++) {
      dense[target.offset() + i] = rounding.round(values[i]);
    }
  }

  private void tables(List<Parameters> networks, Parameters all) {
    int d = one.config().embeddingDim();
    double[] row = new double[d * shares.length];
    double[] weight = new double[1];
    for (int id = 0; id < all.rows(); id++) {
      double wide = 0;
      for (int j = 0; j < shares.length; j++) {
        networks.get(j).embedding().read(id, row, j * d);
        for (int i = j * d; i < (j + 1) * d; i++) {
          row[i] = all.round(row[i] * ofEmbeddings(j));
        }
        ParameterTable weights = networks.get(j).wide();
        if (weights != null) {
          weights.read(id, weight, 0);
          wide += shares[j] * weight[0];
        }
      }
      all.embedding().write(id, row, 0);
      if (all.wide() != null) {
        weight[0] = all.round(wide);
        all.wide().write(id, weight, 0);
      }
    }
  }

  /** The factor of the embeddings of network j. */
  private double ofEmbeddings(int j) {
    return one.config().fm() ? Math.sqrt(shares[j]) : 1;
  }

  /** Copies a tensor of network j to its position in the tensor of the sum. */
  private void place(Tensor tensor, double[] dense, int j, double[] into) {
    String name = tensor.name();
    boolean matrix = tensor.shape().size() == 2;
    int rows = matrix ? tensor.shape().get(0) : tensor.size();
    int columns = matrix ? tensor.shape().get(1) : 1;
    boolean last = isLast(name);
    boolean ofField = name.startsWith(ParameterLayout.FIELDS);
    boolean sharedInput = !matrix || ofField;
    // In inputs that concatenate all fields, the columns of the networks are adjacent within each
    // field.
    int group =
        name.equals("output.weight") || name.equals("deep.0.weight")
            ? columns / one.fields().size()
            : columns;
    int width = sharedInput ? columns : columns * shares.length;
    double factor = factor(name, j);
    for (int r = 0; r < rows; r++) {
      int row = last ? r : j * rows + r;
      for (int c = 0; c < columns; c++) {
        int column = sharedInput ? c : (c / group * shares.length + j) * group + c % group;
        into[row * width + column] += factor * dense[tensor.offset() + r * columns + c];
      }
    }
  }

  private boolean isLast(String name) {
    return name.startsWith("output.") || name.startsWith(lastOfDeep());
  }

  private String lastOfDeep() {
    return "deep." + one.config().deep().size() + ".";
  }

  private double factor(String name, int j) {
    double embeddings = ofEmbeddings(j);
    if (name.startsWith(ParameterLayout.FIELDS)) {
      return embeddings;
    }
    double factor = isLast(name) ? shares[j] : 1;
    boolean reads =
        Arrays.asList("residual.weight", "deep.0.weight").contains(name)
            || name.startsWith("layers.0.") && name.endsWith(".weight");
    return reads ? factor / embeddings : factor;
  }
}
