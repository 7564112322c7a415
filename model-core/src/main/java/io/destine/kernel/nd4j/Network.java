package io.destine.kernel.nd4j;

import io.destine.config.ModelConfig;
import io.destine.feature.FieldLayout;
import io.destine.param.GradientSink;
import io.destine.param.Parameters;
import java.util.ArrayList;
import java.util.List;

/**
 * The network over a fixed number B of rows: the embeddings, the terms of the logit that they feed,
 * and the first-order weights. Its arrays are views of the kernel's memory, made once.
 */
final class Network {
  private final int rows;
  private final EmbeddingStage embedding;
  private final List<LogitTerm> terms = new ArrayList<>();
  private final WideTerm wide;
  private final RowMajorMatrix logits;
  private final RowMajorMatrix logitGradients;
  private final HostArray host;

  Network(
      ModelConfig config,
      FieldLayout fields,
      DenseStore store,
      RunningStatistics running,
      int rows,
      Scratch scratch,
      HostArray host,
      HostArray vector) {
    this.rows = rows;
    this.host = host;
    int d = config.embeddingDim();
    embedding = new EmbeddingStage(fields, store, rows, d, scratch, host, vector);
    logits = scratch.matrix(rows, 1);
    logitGradients = scratch.matrix(rows, 1);
    terms.add(
        config.layers() > 0
            ? new Nd4jInteractionTerm(config, store, rows, fields.size(), scratch, host)
            : new BiasTerm(store));
    if (config.fm()) {
      terms.add(new Nd4jFactorizationTerm(store, rows, fields.size(), d, scratch));
    }
    if (!config.deep().isEmpty()) {
      terms.add(new Nd4jDeepTerm(config, store, running, rows, scratch, host));
    }
    wide = config.wide() ? new WideTerm(fields) : null;
  }

  /** Sets the first B of {@code into} to the logits of the rows of a pass. */
  void forward(Parameters parameters, Pass pass, double[] into) {
    embedding.forward(parameters, pass);
    logits.rows().assign(0);
    for (LogitTerm term : terms) {
      term.forward(pass, embedding.embeddings(), logits);
    }
    host.reserve(rows);
    host.load(logits.rows(), rows);
    for (int n = 0; n < rows; n++) {
      into[n] = host.get(n);
    }
    if (wide != null) {
      wide.forward(parameters, pass, into);
    }
  }

  /**
   * After {@link #forward} of the same pass: adds the gradients of table rows to {@code sink}, all
   * others to the dense store.
   *
   * @param dlogits [B]
   */
  void backward(Pass pass, double[] dlogits, GradientSink sink) {
    host.reserve(rows);
    for (int n = 0; n < rows; n++) {
      host.set(n, dlogits[n]);
    }
    host.store(logitGradients.rows(), rows);
    embedding.gradient().cube().assign(0);
    for (LogitTerm term : terms) {
      term.backward(embedding.embeddings(), logitGradients, embedding.gradient());
    }
    embedding.backward(pass, sink);
    if (wide != null) {
      wide.backward(pass, dlogits, sink);
    }
  }
}
