package io.destine.kernel.nd4j;

import io.destine.config.ModelConfig;
import io.destine.random.Purpose;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The MLP over the concatenated embeddings y_0 = [e_1; ...; e_M] [B, M * d], with one output:
 *
 * <pre>
 *   y_i = r max(norm(W_i y_(i-1) + b_i), 0)      logit = w . y_n + b
 * </pre>
 *
 * <p>norm is the batch normalization and r the dropout factors, if the network has them.
 */
final class DeepTerm {
  private final List<Layer> layers = new ArrayList<>();
  private final Projection output;

  DeepTerm(ModelConfig config, DenseTensors tensors, Pass pass) {
    for (int i = 0; i < config.deep().size(); i++) {
      layers.add(new Layer(config, tensors, pass, i));
    }
    output = Projection.of(tensors, "deep." + layers.size());
  }

  /** Adds the term to logits [B, 1], for e [B, M, d]. */
  void forward(INDArray e, INDArray logits) {
    INDArray y = Tensors.rows(e);
    for (Layer layer : layers) {
      y = layer.forward(y);
    }
    output.addTo(logits, y);
  }

  /** Adds the gradients of the tensors, and adds the gradient of e to de [B, M, d]. */
  void backward(INDArray dlogits, INDArray de) {
    int last = layers.size() - 1;
    INDArray dy = Nd4j.zerosLike(layers.get(last).y);
    output.backward(layers.get(last).y, dlogits, dy);
    for (int i = last; i > 0; i--) {
      INDArray dx = Nd4j.zerosLike(layers.get(i).x);
      layers.get(i).backward(dy, dx);
      dy = dx;
    }
    layers.get(0).backward(dy, Tensors.rows(de));
  }

  /** A hidden layer, from x [B, in] to y [B, n]. */
  private static final class Layer {
    private final ModelConfig config;
    private final Pass pass;
    private final int index;
    private final Projection projection;
    private final BatchNorm norm;
    private INDArray x;
    private INDArray r;
    private INDArray y;

    Layer(ModelConfig config, DenseTensors tensors, Pass pass, int index) {
      this.config = config;
      this.pass = pass;
      this.index = index;
      projection = Projection.of(tensors, "deep." + index);
      norm = config.batchNorm() ? new BatchNorm(tensors, "deep." + index + ".norm") : null;
    }

    INDArray forward(INDArray x) {
      this.x = x;
      INDArray z = projection.apply(x);
      y = Transforms.relu(norm == null ? z : norm.forward(pass, z), false);
      if (pass.drops(config.deepDropout())) {
        int units = (int) y.size(1);
        double[] factors = pass.mask(Purpose.DEEP_DROPOUT, config.deepDropout(), index, units);
        r = Tensors.of(factors, y.dataType(), pass.rows(), units);
        y.muli(r);
      }
      return y;
    }

    /**
     * Adds the gradient of x to dx. A dropped unit has r = 0, so the derivative of the ReLU can be
     * taken at the masked y.
     */
    void backward(INDArray dy, INDArray dx) {
      INDArray dactivation = r == null ? dy : dy.mul(r);
      INDArray dnormed = dactivation.mul(Transforms.step(y));
      projection.backward(x, norm == null ? dnormed : norm.backward(dnormed), dx);
    }
  }
}
