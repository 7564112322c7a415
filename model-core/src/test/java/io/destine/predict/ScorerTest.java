package io.destine.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.destine.artifact.LocalModelDirectory;
import io.destine.artifact.ModelArchive;
import io.destine.artifact.ModelFormatException;
import io.destine.artifact.ModelReader;
import io.destine.calibration.Calibration;
import io.destine.config.Attention;
import io.destine.config.ModelConfig;
import io.destine.config.Residual;
import io.destine.config.Unary;
import io.destine.feature.BatchBuilder;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldKind;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldSpec;
import io.destine.feature.RawRecord;
import io.destine.metric.Logits;
import io.destine.param.ParameterLayout;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A scorer gives the same probabilities as the training kernels. */
class ScorerTest {
  @TempDir Path directory;

  private static ModelConfig.Builder base() {
    return ModelConfig.interaction().embeddingDim(8).heads(2).headDim(4).layers(2);
  }

  static List<ModelConfig> configs() {
    List<ModelConfig> configs = new ArrayList<>();
    for (Attention attention : Attention.values()) {
      for (Unary unary : Unary.values()) {
        configs.add(base().attention(attention).unary(unary).bias(true).build());
      }
    }
    for (Residual residual : Residual.values()) {
      configs.add(base().residual(residual).scale(true).wide(true).build());
    }
    configs.add(base().fm(true).wide(true).deep(List.of(20, 10)).build());
    configs.add(base().layers(0).wide(true).build());
    configs.add(base().reluBeforeAttention(true).bias(true).build());
    configs.add(base().deep(List.of(20, 10)).batchNorm(true).build());
    configs.add(base().attentionDropout(0.3).deepDropout(0.3).deep(List.of(7)).build());
    return configs;
  }

  private static double[] expected(
      ModelOnDisk model, List<Map<String, Object>> rows, Calibration calibration) {
    BatchBuilder builder = new BatchBuilder(model.encoder().layout());
    for (Map<String, Object> row : rows) {
      model.encoder().encode(RawRecord.ofColumns(model.encoder().fields().specs(), row), builder);
      builder.endRow(0, 1, 0);
    }
    EncodedBatch batch = builder.build(0);
    double[] logits = new double[rows.size()];
    model.kernel().logits(model.parameters(), batch, logits);
    return Arrays.stream(logits).map(calibration::apply).map(Logits::probability).toArray();
  }

  @ParameterizedTest
  @MethodSource("configs")
  void everyWayToScoreHasTheBitsOfTheTrainingKernel(ModelConfig config) throws IOException {
    everyWayToScoreAgrees(config, Calibration.IDENTITY);
  }

  @Test
  void everyWayToScoreIsCalibrated() throws IOException {
    everyWayToScoreAgrees(base().build(), Calibration.shift(Math.log(0.1)));
    everyWayToScoreAgrees(base().build(), new Calibration.Affine(0.7, -0.3));
    everyWayToScoreAgrees(
        base().build(),
        new Calibration.Isotonic(
            List.of(
                new Calibration.Knot(-1, -1.5),
                new Calibration.Knot(0.2, -1),
                new Calibration.Knot(0.9, 2))));
  }

  private void everyWayToScoreAgrees(ModelConfig config, Calibration calibration)
      throws IOException {
    ModelOnDisk model =
        ModelOnDisk.write(directory.resolve(calibration.words()), config, calibration);
    List<Map<String, Object>> rows = ModelOnDisk.rows(300, 11);
    double[] expected = expected(model, rows, calibration);
    try (Scorer scorer = Scorer.load(new ByteArrayInputStream(singleFile(model)))) {
      double[] ofOneFile = new double[rows.size()];
      scorer.score(rows, ofOneFile);
      assertThat(ofOneFile).containsExactly(expected);
    }
    for (boolean vectors : new boolean[] {true, false}) {
      try (Scorer scorer = Scorer.load(model.path(), vectors)) {
        assertThat(scorer.kernel()).isEqualTo(vectors ? "vector" : "plain");
        double[] together = new double[rows.size()];
        scorer.score(rows, together);
        assertThat(together).containsExactly(expected);
        RowInput input = scorer.newRow();
        for (int n = 0; n < expected.length; n++) {
          assertThat(scorer.score(rows.get(n))).as("row %d", n).isEqualTo(together[n]);
          assertThat(scorer.explain(rows.get(n)).probability()).isEqualTo(together[n]);
          fill(input, scorer.fields(), rows.get(n));
          assertThat(input.probability()).as("row %d, field by field", n).isEqualTo(together[n]);
        }
        assertThat(scorer.verify()).isEqualTo(8);
      }
    }
  }

  private static void fill(RowInput input, List<FieldSpec> fields, Map<String, Object> row) {
    input.clear();
    for (int m = 0; m < fields.size(); m++) {
      Object value = row.get(fields.get(m).column());
      if (value instanceof Collection<?> list && fields.get(m).kind() == FieldKind.VECTOR) {
        float[] vector = new float[list.size()];
        int i = 0;
        for (Object number : list) {
          vector[i++] = ((Number) number).floatValue();
        }
        input.set(m, vector);
      } else if (value instanceof Collection<?> list) {
        for (Object each : list) {
          input.set(m, (String) each);
        }
      } else if (value instanceof String text && fields.get(m).kind() == FieldKind.MULTI) {
        for (String each : text.split("\\|")) {
          input.set(m, each);
        }
      } else if (value instanceof Long number) {
        input.set(m, number.toString());
      } else if (value instanceof Number number) {
        input.set(m, number.doubleValue());
      } else {
        input.set(m, (String) value);
      }
    }
  }

  /** In doubles from the equations: one layer of one head, every kind of attention. */
  @ParameterizedTest
  @EnumSource(Attention.class)
  void aRowsAttentionIsThatOfTheEquations(Attention attention) throws IOException {
    ModelConfig config =
        ModelConfig.interaction()
            .embeddingDim(5)
            .heads(1)
            .headDim(4)
            .layers(1)
            .attention(attention)
            .build();
    ModelOnDisk model = ModelOnDisk.write(directory.resolve("model"), config);
    Map<String, Object> row =
        Map.of("user", "user 3", "item", "語5", "hour", 4, "age", 20, "visits", 9, "price", 3);
    try (Scorer scorer = Scorer.load(model.path())) {
      RowExplanation explanation = scorer.explain(row);
      assertThat(explanation.probability()).isEqualTo(scorer.score(row));
      assertThat(explanation.fields()).hasSize(9).startsWith("user", "tags");
      RowExplanation.Head head = explanation.heads().get(0);
      double[][] e = embeddings(model, row);
      double[][] keys = projected(model, "layers.0.key.weight", e);
      if (attention == Attention.UNARY) {
        assertThat(head.pairwise()).isNull();
      } else {
        double[][] queries = projected(model, "layers.0.query.weight", e);
        double[] mean = mean(queries);
        for (int m = 0; m < 9; m++) {
          double[] query = queries[m].clone();
          for (int i = 0; i < 4 && attention != Attention.PLAIN; i++) {
            query[i] -= mean[i];
          }
          assertClose(head.pairwise()[m], softmax(query, keys));
        }
      }
      if (config.hasUnary()) {
        double[] query = mean(projected(model, "layers.0.unary_query.weight", e));
        assertClose(head.unary(), softmax(query, keys));
      } else {
        assertThat(head.unary()).isNull();
      }
    }
  }

  private static void assertClose(float[] found, double[] expected) {
    assertThat(found).hasSize(expected.length);
    for (int n = 0; n < expected.length; n++) {
      assertThat((double) found[n]).isCloseTo(expected[n], within(1e-5));
    }
  }

  private static double[][] projected(ModelOnDisk model, String name, double[][] e) {
    ParameterLayout.Tensor tensor = model.network().layout().tensor(name);
    double[] dense = model.parameters().dense();
    double[][] projected = new double[e.length][4];
    for (int m = 0; m < e.length; m++) {
      for (int o = 0; o < 4; o++) {
        for (int i = 0; i < 5; i++) {
          projected[m][o] += dense[tensor.offset() + 5 * o + i] * e[m][i];
        }
      }
    }
    return projected;
  }

  private static double[] mean(double[][] vectors) {
    double[] mean = new double[4];
    for (double[] vector : vectors) {
      for (int i = 0; i < 4; i++) {
        mean[i] += vector[i] / vectors.length;
      }
    }
    return mean;
  }

  private static double[] softmax(double[] query, double[][] keys) {
    double[] weights = new double[keys.length];
    double sum = 0;
    for (int n = 0; n < keys.length; n++) {
      double logit = 0;
      for (int i = 0; i < 4; i++) {
        logit += query[i] * keys[n][i];
      }
      weights[n] = Math.exp(logit);
      sum += weights[n];
    }
    for (int n = 0; n < keys.length; n++) {
      weights[n] /= sum;
    }
    return weights;
  }

  /** The embeddings of the fields; all but tags, price and image are rows of the table. */
  private static double[][] embeddings(ModelOnDisk model, Map<String, Object> row) {
    BatchBuilder builder = new BatchBuilder(model.encoder().layout());
    model.encoder().encode(RawRecord.ofColumns(model.encoder().fields().specs(), row), builder);
    builder.endRow(0, 1, 0);
    EncodedBatch batch = builder.build(0);
    FieldLayout fields = model.network().fields();
    double[] dense = model.parameters().dense();
    double[][] e = new double[fields.size()][5];
    for (int m = 0; m < e.length; m++) {
      String name = "fields." + fields.field(m).name();
      switch (fields.field(m).kind()) {
        case ID -> model.parameters().embedding().read(batch.ids()[fields.column(m)], e[m], 0);
        case MULTI -> model.parameters().embedding().read(batch.multiIds()[0], e[m], 0);
        case LINEAR -> {
          int at = model.network().layout().tensor(name + ".weight").offset();
          for (int i = 0; i < 5; i++) {
            e[m][i] = dense[at + i] * batch.dense()[fields.column(m)];
          }
        }
        case VECTOR ->
            System.arraycopy(
                dense, model.network().layout().tensor(name + ".bias").offset(), e[m], 0, 5);
      }
    }
    return e;
  }

  @Test
  void eightThreadsShareAScorer() throws Exception {
    ModelOnDisk model =
        ModelOnDisk.write(
            directory.resolve("model"), base().wide(true).deep(List.of(9)).fm(true).build());
    List<Map<String, Object>> rows = ModelOnDisk.rows(500, 12);
    double[] expected = expected(model, rows, Calibration.IDENTITY);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (Scorer scorer = Scorer.load(model.path())) {
      List<Callable<double[]>> work = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        boolean together = t % 2 == 0;
        work.add(
            () -> {
              double[] found = new double[rows.size()];
              for (int turn = 0; turn < 5; turn++) {
                Arrays.fill(found, -1);
                if (together) {
                  scorer.score(rows, found);
                } else {
                  for (int n = 0; n < found.length; n++) {
                    found[n] = scorer.score(rows.get(n));
                  }
                }
              }
              return found;
            });
      }
      for (Future<double[]> each : threads.invokeAll(work)) {
        assertThat(each.get()).containsExactly(expected);
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void aRowThatIsFilledFieldByFieldAllocatesNothing() throws IOException {
    ModelOnDisk model =
        ModelOnDisk.write(
            directory.resolve("model"), base().wide(true).fm(true).deep(List.of(9)).build());
    try (Scorer scorer = Scorer.load(model.path(), false)) {
      RowInput input = scorer.newRow();
      float[] image = {1, 2, 3};
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long thread = Thread.currentThread().getId();
      long allocated = Long.MAX_VALUE;
      double sum = 0;
      for (int turn = 0; turn < 20; turn++) {
        long before = threads.getThreadAllocatedBytes(thread);
        for (int n = 0; n < 1000; n++) {
          input.clear();
          input.set(0, "user 3");
          input.set(1, "tag1");
          input.set(1, "tag2");
          input.set(2, 3.5);
          input.set(3, image);
          input.set(4, n);
          input.set(5, n % 90);
          sum += input.probability();
        }
        allocated = Math.min(allocated, threads.getThreadAllocatedBytes(thread) - before);
      }
      assertThat(sum).isPositive();
      assertThat(allocated).as("bytes of 1,000 rows").isLessThan(1000);
    }
  }

  @Test
  void wrongValuesAreRefusedByTheNameOfTheirField() throws IOException {
    ModelOnDisk model = ModelOnDisk.write(directory.resolve("model"), base().build());
    Scorer scorer = Scorer.load(model.path());
    assertThatThrownBy(() -> scorer.score(Map.of("user", List.of("a"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "field user: value must be a single string or number, got a list, a map or bytes");
    assertThatThrownBy(
            () -> scorer.score(List.of(Map.of(), Map.of("image", List.of(1, 2))), new double[2]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("row 1: field image: value must be a vector of 3 numbers, got 2");
    for (Object time :
        List.of(Instant.EPOCH, new Timestamp(0), LocalDateTime.MIN, OffsetDateTime.MIN)) {
      assertThatThrownBy(() -> scorer.score(Map.of("user", time)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("field user: a time must be a text")
          .hasMessageEndingWith("got " + time.getClass().getSimpleName());
    }
    assertThat(scorer.score(Map.of("user", java.sql.Date.valueOf("1970-01-01"))))
        .isEqualTo(scorer.score(Map.of("user", LocalDate.EPOCH)))
        .isEqualTo(scorer.score(Map.of("user", "1970-01-01")));
    assertThatThrownBy(() -> scorer.score(Map.of("visits", "many")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("field visits: value must be a finite number, got many");
    assertThatThrownBy(() -> scorer.newRow().set(2, Double.POSITIVE_INFINITY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("field price: value must be a finite number, got Infinity");
    double probability = scorer.score(Map.of());
    assertThat(scorer.score(Map.of("visits", "", "user", Double.NaN))).isEqualTo(probability);
    scorer.close();
    assertThatThrownBy(() -> scorer.score(Map.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the scorer must be open, got a closed one");
  }

  @Test
  void aDamagedOrIncompleteModelIsRefusedByTheNameOfItsFile() throws IOException {
    ModelOnDisk model = ModelOnDisk.write(directory.resolve("model"), base().build());
    Path part = model.path().resolve("vocabulary/part-00001.safetensors");
    byte[] good = Files.readAllBytes(part);
    byte[] bad = good.clone();
    bad[bad.length / 2] ^= 1;
    Files.write(part, bad);
    assertThatThrownBy(() -> Scorer.load(model.path()))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("vocabulary/part-00001.safetensors: SHA-256 must be");
    Files.delete(part);
    assertThatThrownBy(() -> Scorer.load(model.path()))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("vocabulary/part-00001.safetensors must exist");
    assertThatThrownBy(() -> Scorer.load(directory.resolve("none")))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining(" is not a complete model directory: it has no manifest.json");
  }

  @Test
  void theFilesMayGoWhileAModelIsUsedAndADirectoryOfNightsMeansItsLiveModel() throws IOException {
    ModelOnDisk model =
        ModelOnDisk.write(directory.resolve("nights/models/2026-01-02"), base().build());
    Files.createDirectories(directory.resolve("nights/published"));
    Files.writeString(
        directory.resolve("nights/published/000009.json"), "{\"model\": \"2026-01-01\"}");
    Files.writeString(
        directory.resolve("nights/published/000010.json"),
        "{\"model\": \"2026-01-02\", \"date\": \"2026-01-02\"}");
    List<Map<String, Object>> rows = ModelOnDisk.rows(50, 1);
    try (Scorer scorer = Scorer.load(directory.resolve("nights"))) {
      try (var files = Files.walk(model.path())) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Files.delete(file);
        }
      }
      double[] found = new double[50];
      scorer.score(rows, found);
      assertThat(found).containsExactly(expected(model, rows, Calibration.IDENTITY));
    }
    Path pointer = directory.resolve("nights/published/1000000.json");
    for (String damage : List.of("{\"model\": \"../../etc\"}", "\u001b[31m", "\u00ff", "")) {
      Files.write(pointer, damage.getBytes(StandardCharsets.ISO_8859_1));
      assertThatThrownBy(() -> Scorer.load(directory.resolve("nights")))
          .isInstanceOf(ModelFormatException.class)
          .hasMessage(
              pointer
                  + " is damaged: it does not name the live model; restore it, or make a model live"
                  + " with rollback --to DATE");
    }
  }

  @ParameterizedTest
  @MethodSource("configs")
  void aModelInOneFileHasTheSameBitsFromAStream(ModelConfig config) throws IOException {
    ModelOnDisk model = ModelOnDisk.write(directory.resolve("model"), config);
    byte[] file = singleFile(model);
    List<Map<String, Object>> rows = ModelOnDisk.rows(40, 3);
    double[] expected = new double[40];
    try (Scorer scorer = Scorer.load(model.path())) {
      scorer.score(rows, expected);
    }
    try (Scorer scorer = Scorer.load(new ByteArrayInputStream(file))) {
      double[] found = new double[40];
      scorer.score(rows, found);
      assertThat(found).containsExactly(expected);
      assertThat(scorer.verify()).isEqualTo(8);
      assertThat(scorer.id()).isEqualTo(reader(model).manifestSha256());
    }
  }

  private static ModelReader reader(ModelOnDisk model) {
    return ModelReader.open(new LocalModelDirectory(model.path()));
  }

  private static byte[] singleFile(ModelOnDisk model) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ModelArchive.write(out, reader(model));
    return out.toByteArray();
  }

  @Test
  void aFileThatIsCutOrChangedOrSomethingElseIsRefused() throws IOException {
    ModelOnDisk model = ModelOnDisk.write(directory.resolve("model"), base().wide(true).build());
    byte[] good = singleFile(model);
    for (int length : new int[] {0, 7, 100, good.length / 4, good.length / 2}) {
      Path cut = Files.write(directory.resolve("cut"), Arrays.copyOf(good, length));
      assertThatThrownBy(() -> Scorer.load(cut))
          .as("%d bytes", length)
          .isInstanceOfAny(ModelFormatException.class, UncheckedIOException.class)
          .hasMessageContaining("cut");
    }
    // After the last file there is only the zip directory, which is not read.
    byte[] last = Arrays.copyOf(good, good.length - 1);
    try (Scorer scorer = Scorer.load(new ByteArrayInputStream(last))) {
      assertThat(scorer.verify()).isEqualTo(8);
    }
    for (int place : new int[] {100, good.length / 4, good.length / 2}) {
      byte[] changed = good.clone();
      changed[place] ^= 1;
      assertThatThrownBy(() -> Scorer.load(new ByteArrayInputStream(changed)))
          .as("byte %d", place)
          .isInstanceOf(ModelFormatException.class)
          .hasMessageContaining("the archive");
    }
    Path part = model.path().resolve("vocabulary/part-00000.safetensors");
    assertThatThrownBy(() -> Scorer.load(part))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("must be a model that export --format archive wrote");
  }

  @Test
  void verificationFindsAModelThatComputesSomethingElse() throws IOException {
    ModelOnDisk model = ModelOnDisk.write(directory.resolve("model"), base().build());
    VerificationRows rows =
        VerificationRows.of(model.encoder(), model.kernel(), model.parameters());
    rows.probabilities()[5] = Math.nextUp(rows.probabilities()[5]);
    assertThatThrownBy(() -> rows.verify(model.encoder(), model.kernel(), model.parameters()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("verification row 5 of the model: probability must be");
  }
}
