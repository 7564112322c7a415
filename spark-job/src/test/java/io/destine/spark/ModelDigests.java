package io.destine.spark;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** SHA-256 of what is in a model directory, to compare two of them by. */
public final class ModelDigests {
  private ModelDigests() {}

  /** By name, of the files whose names below the directory are wanted. */
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
   * Of all rows of the vocabulary, by id: the names and the footers of its Parquet files are the
   * writer's own.
   */
  public static String ofVocabulary(Path model) {
    StringBuilder rows = new StringBuilder();
    SharedSpark.session()
        .read()
        .parquet(model.resolve("vocabulary").toString())
        .orderBy("id")
        .collectAsList()
        .forEach(row -> rows.append(row.json()).append('\n'));
    return Hashing.sha256().hashString(rows, StandardCharsets.UTF_8).toString();
  }
}
