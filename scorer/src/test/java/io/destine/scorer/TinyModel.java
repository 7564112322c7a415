package io.destine.scorer;

import io.destine.artifact.LocalModelDirectory;
import io.destine.artifact.Manifest;
import io.destine.artifact.ModelReader;
import io.destine.artifact.ModelWriter;
import io.destine.artifact.VocabularyWriter;
import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.FeatureEncoder;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedField;
import io.destine.feature.FittedFields;
import io.destine.feature.Transform;
import io.destine.feature.Vocabulary;
import io.destine.feature.VocabularyBuilder;
import io.destine.kernel.KernelChoice;
import io.destine.model.Destine;
import io.destine.model.NetworkKernels;
import io.destine.param.Parameters;
import io.destine.predict.VerificationRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A model of a user, who is one of nine, and a price. */
final class TinyModel {
  private TinyModel() {}

  static void write(Path path) throws IOException {
    FittedFields fields =
        new FittedFields(
            List.of(
                FittedField.of(FieldSpec.categorical("user")),
                FittedField.linear(FieldSpec.numeric("price", Transform.LINEAR), 10, 2)));
    Destine network =
        new Destine(
            ModelConfig.interaction().embeddingDim(4).heads(1).headDim(4).layers(1).build(),
            fields.layout());
    VocabularyBuilder builder = Vocabulary.builder(List.of("user", "price"), 1).reserve(0);
    for (int i = 0; i < 9; i++) {
      builder.add(0, "u" + i);
    }
    Vocabulary vocabulary = builder.build();
    VocabularyWriter.write(new LocalModelDirectory(path), fields, vocabulary);
    Parameters parameters = Parameters.initial(network.layout(), Precision.FLOAT32, 11, 3);
    VerificationRows rows =
        VerificationRows.of(
            new FeatureEncoder(fields, vocabulary),
            new NetworkKernels(network, KernelChoice.AUTO).forward(),
            parameters);
    Files.writeString(path.resolve(ModelReader.VERIFICATION), rows.toJson());
    new ModelWriter(new LocalModelDirectory(path))
        .write(Manifest.describe(network), parameters, null);
  }
}
