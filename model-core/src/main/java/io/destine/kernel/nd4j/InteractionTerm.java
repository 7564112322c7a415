package io.destine.kernel.nd4j;

import io.destine.config.ModelConfig;
import io.destine.config.Residual;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The interaction layers in sequence, x^0 = e, and the output over the fields of the last layer:
 *
 * <pre>
 *   x^(l+1)_m = max(z^l_m + Wr x^l_m, 0)                       (9)
 *   logit     = w . [x^L_1; ...; x^L_M] + b                    (10)
 * </pre>
 *
 * <p>These are the equations with residual each_layer. Otherwise x^(l+1) = z^l, except for the last
 * layer: x^L = max(z, 0) with residual none, and max(z + Wr e, 0) with last_layer. Without layers
 * the logit is b. The term leaves b out; {@link Network} adds it.
 */
final class InteractionTerm {
  private final DenseTensors tensors;
  private final Residual residual;
  private final List<AttentionLayer> layers = new ArrayList<>();

  /** x^0 to x^L, [B, M, d] or [B, M, D]. */
  private final List<INDArray> x = new ArrayList<>();

  InteractionTerm(ModelConfig config, DenseTensors tensors, Pass pass) {
    this.tensors = tensors;
    residual = config.residual();
    for (int l = 0; l < config.layers(); l++) {
      layers.add(new AttentionLayer(config, tensors, pass, l));
    }
  }

  /** Adds the term to logits [B, 1], for e [B, M, d]. */
  void forward(INDArray e, INDArray logits) {
    x.add(e);
    for (int l = 0; l < layers.size(); l++) {
      INDArray z = layers.get(l).forward(x.get(l));
      if (hasResidual(l)) {
        residual(l).addTo(z, isInEachLayer() ? x.get(l) : e);
      }
      x.add(isRectified(l) ? Transforms.relu(z, false) : z);
    }
    if (!layers.isEmpty()) {
      output().addTo(logits, Tensors.rows(last()));
    }
  }

  /** Adds the gradients of the tensors, and adds the gradient of e to de [B, M, d]. */
  void backward(INDArray dlogits, INDArray de) {
    if (layers.isEmpty()) {
      return;
    }
    INDArray dout = Nd4j.zerosLike(last());
    output().backward(Tensors.rows(last()), dlogits, Tensors.rows(dout));
    for (int l = layers.size() - 1; l >= 0; l--) {
      INDArray dx = l == 0 ? de : Nd4j.zerosLike(x.get(l));
      INDArray dz = isRectified(l) ? dout.mul(Transforms.step(x.get(l + 1))) : dout;
      if (hasResidual(l)) {
        residual(l).backward(isInEachLayer() ? x.get(l) : x.get(0), dz, isInEachLayer() ? dx : de);
      }
      layers.get(l).backward(dz, dx);
      dout = dx;
    }
  }

  private Projection output() {
    return Projection.of(tensors, "output", false);
  }

  private INDArray last() {
    return x.get(layers.size());
  }

  private boolean isInEachLayer() {
    return residual == Residual.EACH_LAYER;
  }

  private boolean isRectified(int l) {
    return isInEachLayer() || l == layers.size() - 1;
  }

  private boolean hasResidual(int l) {
    return isRectified(l) && residual != Residual.NONE;
  }

  private Projection residual(int l) {
    return Projection.of(tensors, isInEachLayer() ? "layers." + l + ".residual" : "residual");
  }
}
