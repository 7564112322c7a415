package io.destine.kernel.nd4j;

import io.destine.config.ModelConfig;
import io.destine.feature.FieldLayout;
import io.destine.param.GradientSink;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One pass through the network: the logit of a row is the sum of the terms that its embeddings e
 * [B, M, d] feed and of its first-order weights.
 */
final class Network implements AutoCloseable {
  /**
   * For the arrays that are made while a network is open; they are gone when it is closed.
   * Otherwise the collector frees them, which does not see how much native memory there is. The
   * block grows to what the largest pass of a thread takes.
   */
  private static final WorkspaceConfiguration MEMORY =
      WorkspaceConfiguration.builder()
          .policyLearning(LearningPolicy.FIRST_LOOP)
          .policySpill(SpillPolicy.REALLOCATE)
          .build();

  private final Pass pass;
  private final DenseTensors tensors;
  private final Embeddings embeddings;
  private final InteractionTerm interaction;
  private final FactorizationTerm factorization;
  private final DeepTerm deep;
  private final WideTerm wide;
  private final MemoryWorkspace memory;
  private INDArray e;

  Network(ModelConfig config, FieldLayout fields, DenseTensors tensors, Pass pass) {
    this.pass = pass;
    this.tensors = tensors;
    embeddings = new Embeddings(fields, config.embeddingDim(), tensors, pass);
    interaction = new InteractionTerm(config, tensors, pass);
    factorization = config.fm() ? new FactorizationTerm() : null;
    deep = config.deep().isEmpty() ? null : new DeepTerm(config, tensors, pass);
    wide = config.wide() ? new WideTerm(fields, pass) : null;
    memory = Nd4j.getWorkspaceManager().getAndActivateWorkspace(MEMORY, Network.class.getName());
  }

  /** The logits [B]. */
  double[] forward() {
    e = embeddings.forward();
    INDArray sum = Nd4j.zeros(tensors.type(), pass.rows(), 1);
    interaction.forward(e, sum);
    if (factorization != null) {
      factorization.forward(e, sum);
    }
    if (deep != null) {
      deep.forward(e, sum);
    }
    double[] logits = Tensors.read(sum);
    if (wide != null) {
      wide.forward(logits);
    }
    return logits;
  }

  /**
   * After {@link #forward}: adds the gradients of table rows to {@code sink}, all others to the
   * dense tensors'.
   *
   * @param dlogits [B]
   */
  void backward(double[] dlogits, GradientSink sink) {
    INDArray dsum = Tensors.of(dlogits, tensors.type(), pass.rows(), 1);
    INDArray de = Nd4j.zerosLike(e);
    interaction.backward(dsum, de);
    if (factorization != null) {
      factorization.backward(e, dsum, de);
    }
    if (deep != null) {
      deep.backward(dsum, de);
    }
    embeddings.backward(de, sink);
    if (wide != null) {
      wide.backward(dlogits, sink);
    }
  }

  @Override
  public void close() {
    memory.close();
  }
}
