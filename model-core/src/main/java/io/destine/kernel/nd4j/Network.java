package io.destine.kernel.nd4j;

import io.destine.config.ModelConfig;
import io.destine.feature.FieldLayout;
import io.destine.kernel.Branches;
import io.destine.kernel.LogisticLoss;
import io.destine.param.GradientSink;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One pass through the network: the logit of a row is the sum of the terms computed from its
 * embeddings e [B, M, d] and of its first-order weights.
 */
final class Network implements AutoCloseable {
  /**
   * The native memory of the arrays allocated while a network is open; closing the network frees
   * them. Otherwise they would be freed only by the garbage collector, which does not see how much
   * native memory they use. The memory grows to the size of the largest pass of a thread.
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
  private final Branches branches;
  private final double[] dlogits;
  private INDArray e;

  Network(ModelConfig config, FieldLayout fields, DenseTensors tensors, Pass pass) {
    this.pass = pass;
    this.tensors = tensors;
    embeddings = new Embeddings(fields, config.embeddingDim(), tensors, pass);
    interaction = new InteractionTerm(config, tensors, pass);
    factorization = config.fm() ? new FactorizationTerm() : null;
    deep = config.deep().isEmpty() ? null : new DeepTerm(config, tensors, pass);
    wide = config.wide() ? new WideTerm(fields, pass) : null;
    dlogits = new double[pass.rows()];
    branches = new Branches(config.consistency(), dlogits);
    memory = Nd4j.getWorkspaceManager().getAndActivateWorkspace(MEMORY, Network.class.getName());
  }

  /** The logits [B]. */
  double[] forward() {
    e = embeddings.forward();
    INDArray sum = zeros();
    interaction.forward(e, sum);
    keep(sum, branches.attention());
    sum.addiRowVector(tensors.line("output.bias").value());
    if (factorization != null) {
      factorization.forward(e, sum);
    }
    if (deep != null) {
      INDArray term = zeros();
      deep.forward(e, term);
      keep(term, branches.deep());
      sum.addi(term);
    }
    double[] logits = Tensors.read(sum);
    if (wide != null) {
      wide.forward(logits);
    }
    return logits;
  }

  private INDArray zeros() {
    return Nd4j.zeros(tensors.type(), pass.rows(), 1);
  }

  private void keep(INDArray term, double[] into) {
    if (branches.differ()) {
      System.arraycopy(Tensors.read(term), 0, into, 0, into.length);
    }
  }

  /**
   * After {@link #forward}: adds the gradients of table rows and the weighted loss to {@code sink},
   * and all other gradients to the dense tensors.
   *
   * @param logits [B] of the rows
   */
  void backward(double[] logits, GradientSink sink) {
    addLoss(logits, sink);
    INDArray dsum = gradient(dlogits);
    Products.addSum(dsum, tensors.line("output.bias").gradient());
    INDArray de = Nd4j.zerosLike(e);
    interaction.backward(gradient(branches.dattention()), de);
    if (factorization != null) {
      factorization.backward(e, dsum, de);
    }
    if (deep != null) {
      deep.backward(gradient(branches.ddeep()), de);
    }
    embeddings.backward(de, sink);
    if (wide != null) {
      wide.backward(dlogits, sink);
    }
  }

  private INDArray gradient(double[] dterm) {
    return Tensors.of(dterm, tensors.type(), pass.rows(), 1);
  }

  private void addLoss(double[] logits, GradientSink sink) {
    double loss = 0;
    double weights = 0;
    for (int n = 0; n < pass.rows(); n++) {
      double weight = pass.batch().weight(pass.from() + n);
      double label = pass.batch().labels()[pass.from() + n];
      loss += weight * LogisticLoss.loss(logits[n], label);
      weights += weight;
      dlogits[n] = weight * LogisticLoss.derivative(logits[n], label);
      branches.backward(n, logits[n], weight);
    }
    sink.addLoss(loss, weights, pass.rows());
  }

  @Override
  public void close() {
    memory.close();
  }
}
