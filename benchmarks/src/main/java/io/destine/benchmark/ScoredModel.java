package io.destine.benchmark;

import io.destine.artifact.LocalModelDirectory;
import io.destine.artifact.Manifest;
import io.destine.artifact.ModelWriter;
import io.destine.artifact.VocabularyWriter;
import io.destine.config.Precision;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedField;
import io.destine.feature.FittedFields;
import io.destine.feature.Vocabulary;
import io.destine.feature.VocabularyShard;
import io.destine.model.Destine;
import io.destine.param.Parameters;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A model directory with initial parameters, for scoring. */
final class ScoredModel {
  private static final int SEED = 7;

  private ScoredModel() {}

  /**
   * Writes a model.
   *
   * @param network of fields with one id each
   * @param ids V; each field has an equal share of them, with values of eleven characters
   */
  static void write(Path directory, Destine network, int ids) {
    int fields = network.fields().size();
    int values = Math.max(1, ids / fields - 2);
    List<FittedField> fitted = new ArrayList<>();
    int[] missing = new int[fields];
    for (int m = 0; m < fields; m++) {
      fitted.add(FittedField.of(FieldSpec.categorical(network.fields().field(m).name())));
      missing[m] = m * (values + 2);
    }
    FittedFields all = new FittedFields(fitted);
    Vocabulary vocabulary =
        new Vocabulary(
            all.specs().stream().map(FieldSpec::name).toList(),
            1,
            missing,
            List.of(shard(fields, values, missing)));
    LocalModelDirectory model = new LocalModelDirectory(directory);
    VocabularyWriter.write(model, all, vocabulary);
    Parameters parameters =
        Parameters.initial(network.layout(), Precision.FLOAT32, vocabulary.size(), SEED);
    new ModelWriter(model).write(Manifest.describe(network), parameters, null);
  }

  /** Value i of field m. */
  static String value(int m, int i) {
    return String.format(Locale.ROOT, "%02x-%08x", m, i);
  }

  private static VocabularyShard shard(int fields, int values, int[] missing) {
    int n = fields * values;
    short[] fieldOf = new short[n];
    int[] ids = new int[n];
    int[] offsets = new int[n + 1];
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < n; i++) {
      int m = i / values;
      fieldOf[i] = (short) m;
      ids[i] = missing[m] + 2 + i % values;
      bytes.writeBytes(value(m, i % values).getBytes(StandardCharsets.UTF_8));
      offsets[i + 1] = bytes.size();
    }
    return VocabularyShard.of(n, fieldOf, ids, offsets, bytes.toByteArray());
  }
}
