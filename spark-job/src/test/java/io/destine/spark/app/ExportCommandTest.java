package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.predict.Scorer;
import io.destine.spark.SharedSpark;
import io.destine.spark.predict.LoadedModel;
import io.destine.spark.store.CurrentModel;
import io.destine.spark.store.Publications;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files that export writes, checked in ONNX Runtime and byte by byte, and files that it must not
 * change.
 */
class ExportCommandTest {
  private static final Path FROZEN = Path.of("../model-core/src/test/resources/frozen/1.0");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path directory;

  private static Path model;

  @BeforeAll
  static void train() throws IOException {
    model = ClickModel.train(directory, "model", "user", "item");
  }

  private static CommandRun export(Path of, Path output, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("export", "--model", of.toString(), "--output", output.toString()));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private static JsonNode exported(Path of, Path output, String... more) throws IOException {
    CommandRun run = export(of, output, more);
    assertThat(run.code()).as(run.err()).isZero();
    return run.json();
  }

  private static float[] probabilities(Path file, Map<String, Object> inputs) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(file.toString())) {
      Map<String, OnnxTensor> tensors = new HashMap<>();
      for (Map.Entry<String, Object> input : inputs.entrySet()) {
        tensors.put(input.getKey(), OnnxTensor.createTensor(environment, input.getValue()));
      }
      try (OrtSession.Result result = session.run(tensors)) {
        return (float[]) result.get("probability").orElseThrow().getValue();
      } finally {
        tensors.values().forEach(OnnxTensor::close);
      }
    }
  }

  @Test
  void theGraphGivesTheProbabilitiesOfPredict() throws Exception {
    String[] users = {"v0", "v1", "v6", "", "new", "v3", "V1", "v2"};
    String[] items = {"v3", "", "v0", "", "v1", "other", "v5", "v2"};
    StringBuilder csv = new StringBuilder("user,item\n");
    for (int n = 0; n < users.length; n++) {
      csv.append(users[n]).append(',').append(items[n]).append('\n');
    }
    Path input = Files.writeString(directory.resolve("rows.csv"), csv);
    Path scores = directory.resolve("scores");
    CommandRun predicted =
        CommandRun.of(
            "predict",
            "--model",
            model.toString(),
            "--input",
            input.toString(),
            "--output",
            scores.toString());
    assertThat(predicted.code()).as(predicted.err()).isZero();
    Map<List<String>, Double> expected = new HashMap<>();
    for (Row row : SharedSpark.session().read().parquet(scores.toString()).collectAsList()) {
      expected.put(
          List.of(row.isNullAt(0) ? "" : row.getString(0), row.isNullAt(1) ? "" : row.getString(1)),
          row.getDouble(2));
    }

    Path file = directory.resolve("graph.onnx");
    JsonNode json = exported(model, file, "--format", "onnx");
    float[] found = probabilities(file, Map.of("user", users, "item", items));
    assertThat(found).hasSize(users.length);
    for (int n = 0; n < found.length; n++) {
      assertThat((double) found[n])
          .as("row %d", n)
          .isCloseTo(expected.get(List.of(users[n], items[n])), within(1e-5));
    }
    assertThat(json.get("inputs").asText()).isEqualTo("strings");
    assertThat(json.get("fields_by_id")).isEmpty();
    assertThat(json.get("bytes").asLong()).isEqualTo(Files.size(file));
    assertThat(json.get("manifest_sha256").asText())
        .isEqualTo(
            HexFormat.of()
                .formatHex(
                    MessageDigest.getInstance("SHA-256")
                        .digest(Files.readAllBytes(model.resolve("manifest.json")))));
  }

  /**
   * Models with fields of every kind and two ids for unknown values, compared with the
   * probabilities of an earlier version.
   */
  @ParameterizedTest
  @ValueSource(strings = {"all-parts", "rectified"})
  void theGraphOfAnEarlierModelGivesItsProbabilities(String name) throws Exception {
    Path file = directory.resolve(name + ".onnx");
    CommandRun run = export(FROZEN.resolve(name), file, "--format", "onnx", "--inputs", "strings");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.json().get("fields_by_id").toString())
        .isEqualTo("[\"user\",\"tags\",\"price\"]");
    assertThat(run.err())
        .contains(
            "field user takes ids: a hash selects one of the 2 ids of its unknown values",
            "field tags takes ids",
            "field price takes ids");

    JsonNode expected = JSON.readTree(FROZEN.resolve("expected.json").toFile());
    JsonNode encoded = expected.get("encoded");
    List<String> lines = Files.readAllLines(FROZEN.resolve("rows.csv"));
    int rows = lines.size() - 1;
    long[] users = new long[rows];
    long[] prices = new long[rows];
    long[][] tags = new long[rows][4];
    double[] ages = new double[rows];
    double[] scores = new double[rows];
    float[][] images = new float[rows][3];
    for (int n = 0; n < rows; n++) {
      String[] values = lines.get(n + 1).split(",", -1);
      users[n] = encoded.get("ids").get(3 * n).asLong();
      prices[n] = encoded.get("ids").get(3 * n + 1).asLong();
      Arrays.fill(tags[n], -1);
      int from = encoded.get("multi_offsets").get(n).asInt();
      for (int i = from; i < encoded.get("multi_offsets").get(n + 1).asInt(); i++) {
        tags[n][i - from] = encoded.get("multi_ids").get(i).asLong();
      }
      ages[n] = values[4].isEmpty() ? Double.NaN : Double.parseDouble(values[4]);
      scores[n] = values[5].isEmpty() ? Double.NaN : Double.parseDouble(values[5]);
      String[] image = values[6].split("\\|");
      for (int i = 0; i < image.length && !image[0].isEmpty(); i++) {
        images[n][i] = Float.parseFloat(image[i]);
      }
    }
    float[] found =
        probabilities(
            file,
            Map.of(
                "user", users, "tags", tags, "price", prices, "age", ages, "score", scores, "image",
                images));
    for (int n = 0; n < rows; n++) {
      assertThat((double) found[n])
          .as("row %d", n)
          .isCloseTo(expected.get("probabilities").get(name).get(n).asDouble(), within(1e-6));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"all-parts", "rectified"})
  void anEarlierModelInOneFileIsScoredWithoutSpark(String name) throws Exception {
    Path file = directory.resolve(name + ".zip");
    exported(FROZEN.resolve(name), file, "--format", "archive");
    JsonNode expected =
        JSON.readTree(FROZEN.resolve("expected.json").toFile()).at("/probabilities/" + name);
    List<String> lines = Files.readAllLines(FROZEN.resolve("rows.csv"));
    List<String> columns = List.of(lines.get(0).split(","));
    try (Scorer scorer = Scorer.load(file)) {
      for (int n = 0; n < expected.size(); n++) {
        String[] values = lines.get(n + 1).split(",", -1);
        Map<String, String> row = new HashMap<>();
        for (int c = 0; c < values.length; c++) {
          row.put(columns.get(c), values[c]);
        }
        assertThat(scorer.score(row))
            .as("row %d", n)
            .isCloseTo(expected.get(n).asDouble(), within(1e-6));
      }
      assertThat(scorer.verify()).isZero();
    }
  }

  @Test
  void anArchiveHoldsTheFilesThatScoringReads() throws Exception {
    Path file = directory.resolve("model.zip");
    JsonNode json = exported(model, file, "--format", "Archive");
    assertThat(json.get("format").asText()).isEqualTo("archive");
    Map<String, byte[]> found = new TreeMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        found.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
      }
    }
    assertThat(found)
        .containsKeys("manifest.json", "manifest.sha256", "dense.safetensors")
        .containsKeys("embedding.safetensors", "vocabulary/_fields.json");
    assertThat(found.keySet())
        .noneMatch(name -> name.startsWith("optimizer.") || name.startsWith("report."));
    for (Map.Entry<String, byte[]> entry : found.entrySet()) {
      assertThat(model.resolve(entry.getKey())).hasBinaryContent(entry.getValue());
    }
    try (Scorer one = Scorer.load(file);
        Scorer other = Scorer.load(model)) {
      assertThat(one.id()).isEqualTo(other.id()).isEqualTo(json.get("manifest_sha256").asText());
      Map<String, String> row = Map.of("user", "v1", "item", "v2");
      assertThat(one.score(row)).isEqualTo(other.score(row));
      assertThat(one.verify()).isEqualTo(8);
    }
    byte[] first = Files.readAllBytes(file);
    exported(model, file, "--format", "archive", "--overwrite");
    assertThat(file).hasBinaryContent(first);
  }

  @Test
  void embeddingsAreATableThatReplacesOnlyItsOwnKind() throws Exception {
    Path output = directory.resolve("embeddings");
    JsonNode json = exported(model, output, "--format", "parquet");
    SparkSession spark = SharedSpark.session();
    List<Row> expected;
    try (LoadedModel loaded =
        LoadedModel.open(new JavaSparkContext(spark.sparkContext()), model.toString())) {
      expected = loaded.embeddings(spark).sort("id").collectAsList();
    }
    // Seven values, a missing and an unknown one, of two fields.
    assertThat(json.get("rows").asInt()).isEqualTo(18).isEqualTo(expected.size());
    assertThat(spark.read().parquet(output.toString()).sort("id").collectAsList())
        .isEqualTo(expected);
    refused("add --overwrite to replace it", export(model, output, "--format", "parquet"));
    exported(model, output, "--format", "parquet", "--overwrite");
    assertThat(spark.read().parquet(output.toString()).sort("id").collectAsList())
        .isEqualTo(expected);

    Path notes = Files.writeString(output.resolve("notes.txt"), "milk");
    String[] options = {"--format", "parquet", "--overwrite"};
    refused("holds notes.txt, which export did not write", export(model, output, options));
    refused("lies inside .*, which holds embeddings", export(model, notes, options));
    refused("is the model", export(model, model, options));
    refused("lies inside .*, which holds a model", export(model, model.resolve("below"), options));
    refused("holds the model", export(model, directory, options));
    Path other = Files.createDirectories(directory.resolve("other"));
    Files.copy(notes, other.resolve("notes.txt"));
    refused("was not written by export", export(model, other, options));
    assertThat(notes).hasContent("milk");
    assertThat(other.resolve("notes.txt")).hasContent("milk");
  }

  @Test
  void aDamagedModelIsNotArchived() throws Exception {
    Path damaged = directory.resolve("damaged");
    try (Stream<Path> files = Files.walk(model)) {
      for (Path file : files.toList()) {
        Files.copy(file, damaged.resolve(model.relativize(file).toString()));
      }
    }
    // Hadoop's own sum would be missed first.
    Files.delete(damaged.resolve(".embedding.safetensors.crc"));
    Path table = damaged.resolve("embedding.safetensors");
    byte[] bytes = Files.readAllBytes(table);
    bytes[bytes.length - 1] ^= 1;
    Files.write(table, bytes);
    Path file = directory.resolve("damaged.zip");
    refused("embedding.safetensors: SHA-256 must be", export(damaged, file, "--format", "archive"));
    assertThat(file).doesNotExist();
  }

  @Test
  void graphsTakeIdsOrEmbeddingsWhereAsked() throws Exception {
    Path ids = directory.resolve("ids.onnx");
    JsonNode json = exported(model, ids, "--format", "onnx", "--inputs", "ids");
    assertThat(json.get("fields_by_id").toString()).isEqualTo("[\"user\",\"item\"]");
    assertThat(probabilities(ids, Map.of("user", new long[] {0}, "item", new long[] {2})))
        .hasSize(1);
    Path dense = directory.resolve("dense.onnx");
    exported(model, dense, "--format", "onnx", "--dense-only");
    assertThat(probabilities(dense, Map.of("embeddings", new float[5][2][4]))).hasSize(5);
    assertThat(Files.size(dense)).isLessThan(Files.size(ids));
  }

  @Test
  void theLiveModelOfNightsIsMeant() throws Exception {
    Path nights = directory.resolve("nights");
    Path live = nights.resolve("models/2026-01-02");
    Files.createDirectories(live.getParent());
    try (Stream<Path> files = Files.walk(model)) {
      for (Path file : files.toList()) {
        Files.copy(file, live.resolve(model.relativize(file).toString()));
      }
    }
    Publications.of(new Configuration(), nights.toString())
        .publish(
            0,
            new CurrentModel(
                "2026-01-02", LocalDate.parse("2026-01-02"), Instant.EPOCH, "run", null));
    JsonNode json = exported(nights, directory.resolve("live.onnx"), "--format", "onnx");
    assertThat(json.get("model").asText()).isEqualTo(live.toString());
  }

  @Test
  void anEarlierExportIsReplacedOnlyWithTheOptionAndNothingIsLeftBeside() throws Exception {
    Path folder = directory.resolve("exports");
    Path file = folder.resolve("a model.onnx");
    exported(model, file, "--format", "onnx");
    byte[] first = Files.readAllBytes(file);
    refused("add --overwrite to replace it", export(model, file, "--format", "onnx"));
    refused("add --overwrite to replace it", export(model, file, "--format", "archive"));
    assertThat(Files.readAllBytes(file)).isEqualTo(first);
    exported(model, file, "--format", "archive", "--overwrite");
    refused("add --overwrite to replace it", export(model, file, "--format", "onnx"));
    exported(model, file, "--format", "onnx", "--overwrite");
    assertThat(Files.readAllBytes(file)).isEqualTo(first);
    Files.write(
        folder.resolve("a model.onnx.data"),
        "destine-onnx tensors\nold".getBytes(StandardCharsets.US_ASCII));
    exported(model, file, "--format", "onnx", "--overwrite");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void nothingElseIsWrittenOver() throws Exception {
    Path notes = Files.writeString(directory.resolve("notes.txt"), "milk");
    for (String format : List.of("onnx", "archive")) {
      String[] options = {"--format", format, "--overwrite"};
      refused("was not written by export", export(model, notes, options));
      refused("is a file", export(model, notes.resolve("below.onnx"), options));
      refused("is a directory", export(model, directory, options));
      refused("is a directory", export(model, model, options));
      refused(
          "lies inside .*, which holds a model", export(model, model.resolve("m.onnx"), options));
      refused(
          "was not written by export|lies inside",
          export(model, model.resolve("dense.safetensors"), options));
    }
    assertThat(Files.readString(notes)).isEqualTo("milk");
  }

  @Test
  void mistakesAreNamedInALine() {
    Path file = directory.resolve("none.onnx");
    refused("no model at", export(directory.resolve("nowhere"), file, "--format", "onnx"));
    refused("--format onnx", export(model, file, "--format", "archive", "--dense-only"));
    refused("--format onnx", export(model, file, "--format", "archive", "--inputs", "ids"));
    refused("--format onnx", export(model, file, "--format", "parquet", "--inputs", "ids"));
    refused("no model at", export(directory.resolve("nowhere"), file, "--format", "parquet"));
    refused(
        "leave --inputs out",
        export(model, file, "--format", "onnx", "--dense-only", "--inputs", "ids"));
    refused("--format", export(model, file, "--format", "pmml"));
    refused("--format", export(model, file));
    assertThat(file).doesNotExist();
  }

  private static void refused(String reason, CommandRun run) {
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(OneLine.problem(run)).isNull();
    assertThat(run.errors()).singleElement().asString().containsPattern(reason);
  }
}
