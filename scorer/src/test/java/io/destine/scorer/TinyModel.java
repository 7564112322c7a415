package io.destine.scorer;

import io.destine.artifact.LocalModelDirectory;
import io.destine.artifact.Manifest;
import io.destine.artifact.ModelReader;
import io.destine.artifact.ModelWriter;
import io.destine.artifact.VocabularyFile;
import io.destine.artifact.VocabularyIndex;
import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.ByteHash;
import io.destine.feature.FeatureEncoder;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedField;
import io.destine.feature.FittedFields;
import io.destine.feature.Transform;
import io.destine.feature.Vocabulary;
import io.destine.kernel.KernelChoice;
import io.destine.model.Destine;
import io.destine.model.NetworkKernels;
import io.destine.param.Parameters;
import io.destine.predict.VerificationRows;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

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
            ModelConfig.builder().embeddingDim(4).heads(1).headDim(4).layers(1).build(),
            fields.layout());
    List<String> users =
        IntStream.range(0, 9)
            .mapToObj(i -> "u" + i)
            .sorted(Comparator.comparing(u -> ByteHash.of(0, u) ^ Long.MIN_VALUE))
            .toList();
    Vocabulary.Builder builder = Vocabulary.builder(List.of("user", "price"), 1).reserve(0);
    users.forEach(user -> builder.add(0, user));
    Vocabulary vocabulary = builder.build();
    int[] offsets = IntStream.rangeClosed(0, 9).map(i -> 2 * i).toArray();
    ByteArrayOutputStream part = new ByteArrayOutputStream();
    VocabularyFile.write(
        part,
        new VocabularyFile.Values(
            9,
            new short[9],
            IntStream.range(2, 11).toArray(),
            offsets,
            String.join("", users).getBytes(StandardCharsets.UTF_8),
            new long[9],
            new int[9],
            List.of()));
    Files.createDirectories(path.resolve("vocabulary"));
    Files.write(path.resolve("vocabulary/part-0.safetensors"), part.toByteArray());
    Files.writeString(path.resolve("vocabulary/_fields.json"), fields.toJson());
    VocabularyIndex index =
        new VocabularyIndex(
            11,
            1,
            new int[] {0, -1},
            new int[2],
            new int[] {9, 0},
            vocabulary.fingerprint(),
            List.of(new VocabularyIndex.Part("part-0.safetensors", 9, sha256(part.toByteArray()))),
            List.of());
    Files.writeString(path.resolve("vocabulary/" + VocabularyIndex.FILE), index.toJson());
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

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
