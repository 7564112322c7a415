package io.destine.benchmark;

import io.destine.artifact.LocalModelDirectory;
import io.destine.artifact.Manifest;
import io.destine.artifact.ModelWriter;
import io.destine.artifact.VocabularyFile;
import io.destine.artifact.VocabularyIndex;
import io.destine.config.Precision;
import io.destine.feature.ByteHash;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedField;
import io.destine.feature.FittedFields;
import io.destine.feature.HashOrder;
import io.destine.feature.VocabularyDigest;
import io.destine.model.Destine;
import io.destine.param.Parameters;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** A model directory with initial parameters, for what scores with it. */
final class ScoredModel {
  private static final int SEED = 7;

  private ScoredModel() {}

  /**
   * Writes a model.
   *
   * @param network of fields with one id each
   * @param ids V; each field has an equal share of values of eleven characters
   */
  static void write(Path directory, Destine network, int ids) throws IOException {
    int fields = network.fields().size();
    int values = Math.max(1, ids / fields - 2);
    List<FittedField> fitted = new ArrayList<>();
    int[] missing = new int[fields];
    for (int m = 0; m < fields; m++) {
      fitted.add(FittedField.of(FieldSpec.categorical(network.fields().field(m).name())));
      missing[m] = m * (values + 2);
    }
    Path vocabulary = Files.createDirectories(directory.resolve("vocabulary"));
    VocabularyDigest digest = new VocabularyDigest();
    String name = "part-00000.safetensors";
    int count = fields * values;
    VocabularyFile.Values part = values(fields, values, missing, digest);
    MessageDigest sha = sha256();
    try (OutputStream out =
        new DigestOutputStream(Files.newOutputStream(vocabulary.resolve(name)), sha)) {
      VocabularyFile.write(out, part);
    }
    FittedFields all = new FittedFields(fitted);
    Files.writeString(vocabulary.resolve("_fields.json"), all.toJson());
    VocabularyIndex index =
        new VocabularyIndex(
            count + 2 * fields,
            1,
            missing,
            new int[fields],
            IntStream.range(0, fields).map(m -> values).toArray(),
            VocabularyDigest.fingerprint(
                all.specs().stream().map(FieldSpec::name).toList(),
                missing,
                1,
                new int[fields],
                digest.ranges()),
            List.of(new VocabularyIndex.Part(name, count, HexFormat.of().formatHex(sha.digest()))),
            List.of());
    Files.writeString(vocabulary.resolve(VocabularyIndex.FILE), index.toJson());
    Parameters parameters =
        Parameters.initial(network.layout(), Precision.FLOAT32, index.size(), SEED);
    new ModelWriter(new LocalModelDirectory(directory))
        .write(Manifest.describe(network), parameters, null);
  }

  /** Value i of field m. */
  static String value(int m, int i) {
    return String.format(Locale.ROOT, "%02x-%08x", m, i);
  }

  private static VocabularyFile.Values values(
      int fields, int values, int[] missing, VocabularyDigest digest) {
    int n = fields * values;
    long[] hashes = new long[n];
    for (int i = 0; i < n; i++) {
      hashes[i] = ByteHash.of(i / values, value(i / values, i % values));
    }
    short[] fieldOf = new short[n];
    int[] ids = new int[n];
    int[] offsets = new int[n + 1];
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int at = 0;
    for (int i : HashOrder.of(hashes, n, Integer::compare)) {
      int m = i / values;
      byte[] text = value(m, i % values).getBytes(StandardCharsets.UTF_8);
      fieldOf[at] = (short) m;
      ids[at] = missing[m] + 2 + i % values;
      bytes.writeBytes(text);
      digest.add(hashes[i], m, text, 0, text.length, ids[at]);
      offsets[++at] = bytes.size();
    }
    return new VocabularyFile.Values(
        n, fieldOf, ids, offsets, bytes.toByteArray(), new long[n], new int[n], List.of());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 must be available in every JVM", e);
    }
  }
}
