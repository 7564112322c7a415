package io.destine.spark;

import com.google.common.hash.Hashing;
import io.destine.artifact.VocabularyFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** SHA-256 of the content of a model directory, for comparing two directories. */
public final class ModelDigests {
  private ModelDigests() {}

  /** The digests by name, of the files that the predicate selects by their relative name. */
  public static Map<String, String> of(Path model, Predicate<String> wanted) {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> files = Files.walk(model)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = model.relativize(file).toString();
        if (wanted.test(name)) {
          digests.put(name, Hashing.sha256().hashBytes(Files.readAllBytes(file)).toString());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(model.toString(), e);
    }
    return digests;
  }

  /**
   * The digest of all values of the vocabulary, by id, since the number of its files depends on the
   * cluster.
   */
  public static String ofVocabulary(Path model) {
    StringBuilder all = new StringBuilder();
    values(model).forEach((id, text) -> all.append(id).append(' ').append(text).append('\n'));
    return Hashing.sha256().hashString(all, StandardCharsets.UTF_8).toString();
  }

  /** Field, value, training rows and first date of each id of the vocabulary. */
  public static SortedMap<Integer, String> values(Path model) {
    SortedMap<Integer, String> values = new TreeMap<>();
    try (Stream<Path> files = Files.list(model.resolve("vocabulary"))) {
      for (Path file : files.filter(f -> f.getFileName().toString().startsWith("part-")).toList()) {
        try (InputStream in = Files.newInputStream(file)) {
          VocabularyFile.Values part = VocabularyFile.read(in);
          for (int i = 0; i < part.count(); i++) {
            int from = part.offsets()[i];
            String value =
                new String(
                    part.bytes(), from, part.offsets()[i + 1] - from, StandardCharsets.UTF_8);
            int first = part.firstSeen()[i];
            values.put(
                part.ids()[i],
                part.fieldOf()[i]
                    + " "
                    + value
                    + " "
                    + part.counts()[i]
                    + (first < 0 ? "" : " " + part.dates().get(first)));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(model.toString(), e);
    }
    return values;
  }
}
