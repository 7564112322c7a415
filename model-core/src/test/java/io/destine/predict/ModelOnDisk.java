package io.destine.predict;

import io.destine.artifact.LocalModelDirectory;
import io.destine.artifact.Manifest;
import io.destine.artifact.ModelReader;
import io.destine.artifact.ModelWriter;
import io.destine.artifact.VocabularyWriter;
import io.destine.calibration.Calibration;
import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.ByteHash;
import io.destine.feature.FeatureEncoder;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedField;
import io.destine.feature.FittedFields;
import io.destine.feature.Transform;
import io.destine.feature.Vocabulary;
import io.destine.feature.VocabularyBuilder;
import io.destine.feature.VocabularyShard;
import io.destine.kernel.Kernel;
import io.destine.kernel.KernelChoice;
import io.destine.model.Destine;
import io.destine.model.NetworkKernels;
import io.destine.param.Parameters;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A model of fields of every kind, written to a directory as a training writes it. */
record ModelOnDisk(Path path, FeatureEncoder encoder, Destine network, Parameters parameters) {
  private static final FittedFields FIELDS =
      new FittedFields(
          List.of(
              FittedField.of(FieldSpec.categorical("user")),
              FittedField.of(FieldSpec.multi("tags")),
              FittedField.linear(FieldSpec.numeric("price", Transform.LINEAR), 12.5, 3),
              FittedField.of(FieldSpec.vector("image", 3)),
              FittedField.of(FieldSpec.numeric("visits", Transform.LOG_SQUARED)),
              FittedField.quantile(FieldSpec.quantile("age", 4), new double[] {18, 30.5, 60}),
              FittedField.of(FieldSpec.numeric("hour", Transform.NONE)),
              FittedField.of(FieldSpec.categorical("session").withHashBuckets(50)),
              FittedField.of(FieldSpec.categorical("item"))));
  private static final int OOV = 2;

  private record Value(int m, String text) {}

  /** Values of the vocabulary: texts with letters of two and three bytes, and buckets. */
  private static List<Value> values() {
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      values.add(new Value(0, "user " + i + "é".repeat(i % 3)));
      values.add(new Value(1, "tag" + i));
      values.add(new Value(4, Integer.toString(i)));
      values.add(new Value(8, "語" + i));
    }
    for (int i = -3; i < 3; i++) {
      values.add(new Value(4, "=" + i));
    }
    for (int i = 0; i < 4; i++) {
      values.add(new Value(5, Integer.toString(i)));
    }
    for (int i = 0; i < 24; i++) {
      values.add(new Value(6, Integer.toString(i)));
    }
    return values;
  }

  static ModelOnDisk write(Path path, ModelConfig config) throws IOException {
    return write(path, config, Calibration.IDENTITY);
  }

  static ModelOnDisk write(Path path, ModelConfig config, Calibration calibration)
      throws IOException {
    Destine network = new Destine(config, FIELDS.layout());
    VocabularyBuilder builder =
        Vocabulary.builder(FIELDS.specs().stream().map(FieldSpec::name).toList(), OOV);
    int[] missing = new int[FIELDS.fields().size()];
    for (int m = 0; m < missing.length; m++) {
      boolean ids = FIELDS.specs().get(m).hasIds();
      missing[m] = ids ? builder.size() : -1;
      if (ids) {
        builder.reserve(m, FIELDS.specs().get(m).hashBuckets());
      }
    }
    values().forEach(value -> builder.add(value.m(), value.text()));
    VocabularyShard all = builder.build().shards().get(0);
    Vocabulary vocabulary =
        new Vocabulary(
            FIELDS.specs().stream().map(FieldSpec::name).toList(),
            OOV,
            missing,
            FIELDS.hashBuckets(),
            List.of(half(all, 0), half(all, 1)));
    VocabularyWriter.write(new LocalModelDirectory(path), FIELDS, vocabulary);
    Parameters parameters =
        Parameters.initial(network.layout(), Precision.FLOAT32, vocabulary.size(), 3);
    strengthen(parameters);
    FeatureEncoder encoder = new FeatureEncoder(FIELDS, vocabulary);
    NetworkKernels kernels = new NetworkKernels(network, KernelChoice.AUTO);
    Files.writeString(
        path.resolve(ModelReader.VERIFICATION),
        VerificationRows.of(encoder, kernels.forward().calibrated(calibration), parameters)
            .toJson());
    new ModelWriter(new LocalModelDirectory(path))
        .write(Manifest.describe(network).calibration(calibration), parameters, null);
    return new ModelOnDisk(path, encoder, network, parameters);
  }

  /** Embeddings of the size that a training gives them, so that no part is nearly linear. */
  private static void strengthen(Parameters parameters) {
    Random random = new Random(5);
    double[] row = new double[parameters.embedding().width()];
    for (int id = 0; id < parameters.rows(); id++) {
      for (int i = 0; i < row.length; i++) {
        row[i] = (float) random.nextGaussian();
      }
      parameters.embedding().write(id, row, 0);
      if (parameters.wide() != null) {
        parameters.wide().write(id, new double[] {(float) random.nextGaussian()}, 0);
      }
    }
    double[] statistics = parameters.statistics();
    for (int i = 0; i < statistics.length; i++) {
      statistics[i] = (float) (0.3 + random.nextDouble());
    }
    parameters.changed();
  }

  /** The values whose hashes begin with the given bit. */
  private static VocabularyShard half(VocabularyShard all, int bit) {
    int n = all.count();
    short[] fields = new short[n];
    int[] ids = new int[n];
    int[] offsets = new int[n + 1];
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int at = 0;
    for (int i = 0; i < n; i++) {
      byte[] value = all.value(i);
      if (ByteHash.of(all.field(i), value, 0, value.length) >>> 63 == bit) {
        fields[at] = (short) all.field(i);
        ids[at] = all.id(i);
        bytes.writeBytes(value);
        offsets[++at] = bytes.size();
      }
    }
    return VocabularyShard.of(at, fields, ids, offsets, bytes.toByteArray());
  }

  /** A kernel that trains this network, which scores independently of the scorer. */
  Kernel kernel() {
    return new NetworkKernels(network, KernelChoice.AUTO).create();
  }

  /** Rows with known, unknown, missing and oddly typed values of every field. */
  static List<Map<String, Object>> rows(int count, long seed) {
    Random random = new Random(seed);
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      Map<String, Object> row = new HashMap<>();
      int i = random.nextInt(220);
      put(row, random, "user", "user " + i + "é".repeat(i % 3));
      put(row, random, "item", random.nextBoolean() ? "語" + i : "new " + i);
      put(row, random, "tags", tags(random));
      put(row, random, "price", random.nextBoolean() ? 20 * random.nextGaussian() : "17.25");
      put(row, random, "image", List.of(random.nextGaussian(), 0.5, random.nextInt(5)));
      put(row, random, "visits", visits(random));
      put(row, random, "age", random.nextBoolean() ? random.nextInt(90) : 30.5);
      put(row, random, "hour", random.nextBoolean() ? random.nextInt(26) : "7.0");
      put(row, random, "session", random.nextLong());
      put(row, random, "other column", "x");
      rows.add(row);
    }
    return rows;
  }

  private static void put(Map<String, Object> row, Random random, String column, Object value) {
    int kind = random.nextInt(10);
    if (kind > 1) {
      row.put(column, value);
    } else if (kind == 1) {
      row.put(column, "");
    }
  }

  private static Object tags(Random random) {
    List<String> tags = new ArrayList<>();
    for (int k = random.nextInt(5); k > 0; k--) {
      tags.add("tag" + random.nextInt(250));
    }
    return random.nextBoolean() ? tags : String.join("|", tags);
  }

  private static Object visits(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> random.nextInt(5) - 3;
      case 1 -> Math.exp(20 * random.nextDouble());
      case 2 -> -1e9;
      case 3 -> 1e30;
      case 4 -> "12";
      default -> random.nextInt(1000);
    };
  }
}
