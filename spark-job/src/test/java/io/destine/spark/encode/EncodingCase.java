package io.destine.spark.encode;

import io.destine.artifact.VocabularyFile;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.feature.Vocabulary;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Source files and their encoded data sets below a test's directory. */
public final class EncodingCase {
  private final Path directory;

  EncodingCase(Path directory) {
    this.directory = directory;
  }

  Path write(String name, List<String> lines) {
    try {
      Path file = directory.resolve(name);
      Files.createDirectories(file.getParent());
      return Files.write(file, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the lines over several files, which become at least as many partitions. */
  Path writeParts(String name, String header, List<String> lines, int parts) {
    for (int i = 0; i < parts; i++) {
      List<String> part = new ArrayList<>(List.of(header));
      part.addAll(lines.subList(i * lines.size() / parts, (i + 1) * lines.size() / parts));
      write(name + "/part-" + i + ".csv", part);
    }
    return directory.resolve(name);
  }

  JobConfig config(Path source, String settings) {
    return JobConfigReader.parse(
        "source.path = \""
            + source
            + "\"\noutput.model = m\ntrain.blocks-per-step = 8\n"
            + settings,
        List.of());
  }

  EncodedDataSet encode(JobConfig config, String name) {
    return new DataSetEncoder().encode(SharedSpark.session(), config, path(name));
  }

  String path(String name) {
    return directory.resolve(name).toString();
  }

  /** Every row of a split as text: the values of its ids, dense numbers, label, weight. */
  public static List<String> decoded(EncodedDataSet data, Split split) {
    Vocabulary vocabulary = vocabulary(data);
    FieldLayout layout = data.manifest().fields();
    List<String> rows = new ArrayList<>();
    for (EncodedBatch stored : data.partitions(split, 3).collect()) {
      EncodedBatch batch = data.sideTables().map(tables -> tables.joined(stored)).orElse(stored);
      for (int n = 0; n < batch.rows(); n++) {
        rows.add(decoded(batch, n, layout, vocabulary));
      }
    }
    return rows;
  }

  private static String decoded(EncodedBatch batch, int n, FieldLayout layout, Vocabulary words) {
    List<String> parts = new ArrayList<>();
    for (int m = 0; m < layout.size(); m++) {
      int column = layout.column(m);
      switch (layout.field(m).kind()) {
        case ID -> parts.add(word(words, batch.ids()[n * layout.singles() + column]));
        case MULTI -> {
          int list = n * layout.multis() + column;
          List<String> values = new ArrayList<>();
          for (int i = batch.multiOffsets()[list]; i < batch.multiOffsets()[list + 1]; i++) {
            values.add(word(words, batch.multiIds()[i]));
          }
          parts.add(values.toString());
        }
        case LINEAR, VECTOR -> {
          for (int i = 0; i < layout.field(m).length(); i++) {
            parts.add(Float.toString(batch.dense()[n * layout.denseWidth() + column + i]));
          }
        }
      }
    }
    return String.join(",", parts) + " -> " + batch.labels()[n] + " * " + batch.weight(n);
  }

  private static String word(Vocabulary vocabulary, int id) {
    Vocabulary.Entry entry = vocabulary.entry(id);
    return entry.use() == Vocabulary.Use.VALUE ? entry.value() : entry.use().key();
  }

  /** The vocabulary of a data set. */
  static Vocabulary vocabulary(EncodedDataSet data) {
    return StoredVocabulary.open(
            SharedSpark.session().sparkContext().hadoopConfiguration(), data.vocabularyDirectory())
        .load();
  }

  /** The files of a data set's vocabulary. */
  static List<VocabularyFile.Values> vocabularyParts(EncodedDataSet data) throws IOException {
    List<VocabularyFile.Values> parts = new ArrayList<>();
    for (byte[] bytes : bytes(data.vocabularyDirectory())) {
      parts.add(VocabularyFile.read(new ByteArrayInputStream(bytes)));
    }
    return parts;
  }

  /** The bytes of a directory's files of tensors, in order of their names. */
  static List<byte[]> bytes(String directory) throws IOException {
    List<byte[]> bytes = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of(directory))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".safetensors")).sorted().toList()) {
        bytes.add(Files.readAllBytes(file));
      }
    }
    return bytes;
  }
}
