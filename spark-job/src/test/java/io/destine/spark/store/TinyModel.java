package io.destine.spark.store;

import io.destine.artifact.Manifest;
import io.destine.artifact.ModelDirectory;
import io.destine.artifact.ModelReader;
import io.destine.artifact.ModelWriter;
import io.destine.config.ModelConfig;
import io.destine.feature.FieldLayout;
import io.destine.model.Destine;
import io.destine.param.Parameters;

/** Models of a few numbers, told apart by one of them. */
public final class TinyModel {
  private TinyModel() {}

  /** Writes one. */
  public static void write(ModelDirectory directory, int mark) {
    Destine network =
        new Destine(
            ModelConfig.interaction().embeddingDim(2).layers(0).fm(true).build(),
            FieldLayout.ofIds(2));
    Parameters parameters = network.initialParameters(5, mark);
    parameters.dense()[0] = mark;
    new ModelWriter(directory, 16)
        .write(Manifest.describe(network).kernel("mark " + mark), parameters, null);
  }

  /** The mark of a model, read and verified whole. */
  static int mark(ModelReader reader) {
    reader.verify();
    int mark = (int) reader.parameters().dense()[0];
    if (!reader.manifest().kernel().equals("mark " + mark)) {
      throw new IllegalStateException("a mixture: " + reader.manifest().kernel() + ", " + mark);
    }
    return mark;
  }
}
