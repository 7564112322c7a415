package io.destine.artifact;

import io.destine.feature.FieldSpec;
import io.destine.feature.FittedFields;
import io.destine.feature.Vocabulary;
import io.destine.feature.VocabularyShard;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Writes a vocabulary that is in memory into a model directory, before {@link ModelWriter}
 * completes it. Row counts and first-seen dates are not known here; counts are written as zero,
 * dates as missing. On a cluster, the executors that have the values write the vocabulary instead.
 */
public final class VocabularyWriter {
  private static final String DIRECTORY = "vocabulary/";

  private VocabularyWriter() {}

  /**
   * Writes the fields, a file for each shard, and their index.
   *
   * @throws UncheckedIOException with the path, when storage fails
   */
  public static void write(ModelDirectory directory, FittedFields fields, Vocabulary vocabulary) {
    List<VocabularyIndex.Part> parts = new ArrayList<>();
    for (VocabularyShard shard : vocabulary.shards()) {
      String name = String.format(Locale.ROOT, "part-%05d.safetensors", parts.size());
      VocabularyFile.Values values = values(shard);
      FileDigest digest = store(directory, name, out -> VocabularyFile.write(out, values));
      parts.add(new VocabularyIndex.Part(name, values.count(), digest.sha256()));
    }
    List<FieldSpec> specs = fields.specs();
    int[] missing = new int[specs.size()];
    for (int m = 0; m < missing.length; m++) {
      missing[m] = vocabulary.missing(m);
    }
    VocabularyIndex index =
        new VocabularyIndex(
            vocabulary.size(),
            vocabulary.oovBuckets(),
            missing,
            fields.hashBuckets(),
            vocabulary.valuesByField(),
            vocabulary.fingerprint(),
            parts,
            List.of(),
            List.of(),
            List.of());
    text(directory, "_fields.json", fields.toJson());
    text(directory, VocabularyIndex.FILE, index.toJson());
  }

  private static VocabularyFile.Values values(VocabularyShard shard) {
    int n = shard.count();
    short[] fieldOf = new short[n];
    int[] ids = new int[n];
    int[] offsets = new int[n + 1];
    int[] none = new int[n];
    byte[] rates = new byte[shard.hasRates() ? n : 0];
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < n; i++) {
      fieldOf[i] = (short) shard.field(i);
      ids[i] = shard.id(i);
      none[i] = -1;
      bytes.writeBytes(shard.value(i));
      offsets[i + 1] = bytes.size();
      if (rates.length > 0) {
        rates[i] = shard.rate(i);
      }
    }
    return new VocabularyFile.Values(
        n, fieldOf, ids, offsets, bytes.toByteArray(), new long[n], none, List.of(), rates);
  }

  private static void text(ModelDirectory directory, String name, String text) {
    store(directory, name, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static FileDigest store(
      ModelDirectory directory, String name, DigestedFile.Content content) {
    return DigestedFile.store(directory, DIRECTORY + name, content);
  }
}
