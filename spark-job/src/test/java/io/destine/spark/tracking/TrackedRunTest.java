package io.destine.spark.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.artifact.LocalModelDirectory;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.store.TinyModel;
import io.destine.testing.Full;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The events that a run reports, and the data that the server receives. */
class TrackedRunTest {
  private static final String HASH = "c70d2479";

  @TempDir Path directory;
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, String> environment = new TreeMap<>();
  private SmallMlflow mlflow;

  @BeforeEach
  void start() throws IOException {
    mlflow = new SmallMlflow();
    environment.put("MLFLOW_TRACKING_URI", mlflow.uri());
  }

  @AfterEach
  void stop() {
    mlflow.close();
  }

  private TrackedRun run(String... settings) {
    return runInto("clicks", settings);
  }

  private TrackedRun runInto(String output, String... settings) {
    return new Tracking(
            JobConfigReader.parse(
                "source.path = clicks.csv, label = click, output.model = clicks, train.epochs = 7"
                    + ", vocabulary.min-count = 3",
                List.of(settings)),
            environment,
            new Configuration(),
            log::add)
        .run("clicks", directory.resolve(output).toString());
  }

  private static ObjectNode report() throws IOException {
    try (InputStream in =
        TrackedRunTest.class.getResourceAsStream("/io/destine/spark/report/training.json")) {
      return (ObjectNode) new ObjectMapper().readTree(in);
    }
  }

  private static Map<String, Object> epoch(int number, double loss) {
    return new TreeMap<>(
        Map.of("epoch", number, "train_loss", loss, "learning_rate", 0.1, "verdict", "improved"));
  }

  private static void whole(TrackedRun run) throws IOException {
    try (run) {
      run.begin(report(), "rows", false, List.of());
      run.evaluated(epoch(1, 0.5));
      run.evaluated(epoch(2, 0.25));
      run.trained(report(), () -> HASH);
      run.finish();
    }
  }

  /** Waits for the first failed call. */
  private void awaitWarning() {
    while (log.isEmpty()) {
      Thread.onSpinWait();
    }
  }

  private List<Path> eventFiles() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** As of a server that keeps no files, with a directory that all machines share. */
  @Test
  void aPathWithoutASchemeIsOnADisk(@TempDir Path directory) throws IOException {
    Configuration hadoop = new Configuration(false);
    hadoop.set("fs.defaultFS", "hdfs://nowhere.invalid:8020");
    byte[] text = "a file".getBytes(StandardCharsets.UTF_8);
    new MlflowArtifacts(null, directory.toString(), hadoop)
        .write("run.txt", text.length, () -> new ByteArrayInputStream(text));
    assertThat(directory.resolve("run.txt")).hasContent("a file");
  }

  @Test
  void aTrainingIsARunWithSettingsFiguresFilesAndTags() throws IOException {
    environment.put("MLFLOW_EXPERIMENT_NAME", "ads & more");
    whole(run());
    SmallMlflow.Run run = mlflow.run();
    assertThat(log).isEmpty();
    assertThat(run.status).isEqualTo("FINISHED");
    assertThat(run.experiment).isEqualTo("ads & more");
    assertThat(run.name).matches("clicks-\\d{8}-\\d{6}");
    assertThat(run.params)
        .containsEntry("train.epochs", "7")
        .containsEntry("train.optimizer", "adam")
        .containsEntry("vocabulary.min-count", "3")
        .containsEntry("rows.train", "64000")
        .containsEntry("kernel", "vector")
        .doesNotContainKeys("output.model", "vocabulary.oov-buckets");
    assertThat(run.metrics)
        .containsEntry("train_loss", List.of("1 0.5", "2 0.25"))
        .containsEntry("test_auc", List.of("2 0.7"))
        .containsEntry("total_seconds", List.of("2 130.0"))
        .containsEntry("best_epoch", List.of("2 1.0"))
        .doesNotContainKeys("verdict", "epoch");
    assertThat(run.tags)
        .containsEntry("destine.data", "rows")
        .containsEntry("destine.model_sha256", HASH)
        .containsEntry("destine.version", "destine 0.1.0");
    assertThat(mlflow.files.keySet())
        .containsExactlyInAnyOrder(
            "0/r0/artifacts/configuration.json",
            "0/r0/artifacts/report.html",
            "0/r0/artifacts/report.json");
    assertThat(new String(mlflow.files.get("0/r0/artifacts/report.html"), StandardCharsets.UTF_8))
        .contains("AUC 0.7000 on the test rows");
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Tracker tracker(InvocationHandler calls) {
    return (Tracker)
        Proxy.newProxyInstance(
            Tracker.class.getClassLoader(), new Class<?>[] {Tracker.class}, calls);
  }

  /** The curve of an epoch has at most 1,000 points, at equal distances from its first step. */
  @ParameterizedTest
  @CsvSource({"1000, 1", "1001, 2", "1999, 2", "2001, 3"})
  void stepsOfALongEpochAreThinnedOut(int steps, int distance) {
    List<Long> points = new ArrayList<>();
    Tracker tracker =
        tracker(
            (proxy, method, arguments) -> {
              if (method.getName().equals("step")) {
                points.add((Long) arguments[1]);
              }
              return null;
            });
    TrackedRun run = new TrackedRun(List.of(new Lane(tracker, log::add)), "{}");
    for (int epoch = 0; epoch < 2; epoch++) {
      for (int step = 0; step < steps; step++) {
        run.stepped(epoch, step, steps, 0.5);
      }
    }
    run.close();
    List<Long> expected = new ArrayList<>();
    for (long epoch = 0; epoch < 2; epoch++) {
      for (int step = 0; step < steps; step += distance) {
        expected.add(epoch * steps + step);
      }
    }
    assertThat(points).hasSizeLessThanOrEqualTo(2 * 1000).isEqualTo(expected);
    assertThat(log).isEmpty();
  }

  @Test
  void aResumedTrainingGoesOnInItsRunAndRepeatsNothing() throws IOException {
    try (TrackedRun stopped = run()) {
      stopped.begin(report(), "rows", false, List.of());
      stopped.evaluated(epoch(1, 0.5));
      stopped.evaluated(epoch(2, 0.25));
    }
    assertThat(mlflow.run().status).isEqualTo("FAILED");
    // From the checkpoint of epoch 1, with more epochs, which a parameter cannot say any more.
    try (TrackedRun resumed = run("train.epochs=9")) {
      resumed.begin(report(), "rows", true, List.of(epoch(1, 0.5)));
      resumed.evaluated(epoch(2, 0.25));
      resumed.evaluated(epoch(3, 0.125));
      resumed.finish();
    }
    assertThat(log).isEmpty();
    assertThat(mlflow.run().status).isEqualTo("FINISHED");
    assertThat(mlflow.run().metrics)
        .containsEntry("train_loss", List.of("1 0.5", "2 0.25", "3 0.125"));
    whole(run());
    assertThat(mlflow.runs).hasSize(2);
  }

  @Test
  void aRunThatAnotherProcessContinuesIsNotEndedByTheFirstOne() throws Exception {
    try (TrackedRun second = run()) {
      try (TrackedRun first = run()) {
        first.begin(report(), "rows", false, List.of());
        first.evaluated(epoch(1, 0.5));
        awaitFigures("1 0.5");
        second.begin(report(), "rows", true, List.of());
        second.evaluated(epoch(2, 0.25));
        awaitFigures("1 0.5", "2 0.25");
      }
      assertThat(mlflow.run().status).isEqualTo("RUNNING");
    }
    assertThat(mlflow.run().status).isEqualTo("FAILED");
    assertThat(log).isEmpty();
  }

  @Test
  void aModelThatCannotBeReadForItsHashIsTrackedWithoutIt() throws IOException {
    try (TrackedRun run = run()) {
      run.begin(report(), "rows", false, List.of());
      run.trained(
          report(),
          () -> {
            throw new UncheckedIOException(new IOException("storage is away"));
          });
      run.finish();
    }
    assertThat(log).isEmpty();
    assertThat(mlflow.run().status).isEqualTo("FINISHED");
    assertThat(mlflow.run().tags).containsEntry("destine.model_sha256", "unknown");
  }

  @Test
  void aServerThatIsAwayIsOneWarningAndNoDelay() throws IOException {
    mlflow.close();
    long start = System.nanoTime();
    whole(run());
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    // The first call may fail before the end of the run.
    assertThat(log)
        .singleElement()
        .asString()
        .isIn(
            "warning: not tracked in MLflow at " + mlflow.uri() + ": no connection",
            "warning: not tracked in MLflow at " + mlflow.uri() + ": no connection; retrying");
  }

  @Test
  void whatAServerOutOfOrderMissedArrivesInOrderLater() throws IOException {
    mlflow.status = 503;
    try (TrackedRun run = run()) {
      run.begin(report(), "rows", false, List.of());
      run.evaluated(epoch(1, 0.5));
      awaitWarning();
      mlflow.status = 200;
      run.evaluated(epoch(2, 0.25));
      run.finish();
    }
    assertThat(log)
        .containsExactly(
            "warning: not tracked in MLflow at "
                + mlflow.uri()
                + ": HTTP 503: out of order; retrying");
    assertThat(mlflow.run().status).isEqualTo("FINISHED");
    assertThat(mlflow.run().metrics).containsEntry("train_loss", List.of("1 0.5", "2 0.25"));
  }

  @Test
  void aCallThatFailsOnceWhileTheRunEndsIsRepeated() throws IOException {
    mlflow.delayMillis = 100;
    mlflow.lostAnswers.add("runs/log-batch");
    whole(run());
    assertThat(mlflow.lostAnswers).isEmpty();
    assertThat(log).singleElement().asString().endsWith("; retrying");
    assertThat(mlflow.run().status).isEqualTo("FINISHED");
    assertThat(mlflow.run().tags).containsEntry("destine.model_sha256", HASH);
  }

  @Test
  void theEndOfARunDoesNotWaitForAFileThatFails() {
    List<String> order = new ArrayList<>();
    Tracker anyone =
        tracker(
            (proxy, method, arguments) -> method.getReturnType() == boolean.class ? false : null);
    Lane lane = new Lane(anyone, log::add);
    // The others are called after close().
    lane.add(tracker -> pause(500));
    lane.addFile(
        "report.html",
        tracker -> {
          order.add("file");
          throw new IOException("no disk");
        });
    lane.add(tracker -> order.add("end"));
    lane.close();
    assertThat(order).containsExactly("file", "end", "file");
  }

  @Test
  void aRunThatWasCreatedWithoutAnAnswerIsNotCreatedAgain() throws IOException {
    mlflow.lostAnswers.add("runs/create");
    try (TrackedRun run = run()) {
      run.begin(report(), "rows", false, List.of());
      run.evaluated(epoch(1, 0.5));
      awaitWarning();
      run.evaluated(epoch(2, 0.25));
      run.finish();
    }
    assertThat(mlflow.lostAnswers).isEmpty();
    assertThat(mlflow.run().status).isEqualTo("FINISHED");
    assertThat(mlflow.run().metrics).containsEntry("train_loss", List.of("1 0.5", "2 0.25"));
  }

  @Test
  void aVersionThatWasCreatedWithoutAnAnswerIsNotCreatedAgain() throws IOException {
    mlflow.lostAnswers.add("model-versions/create");
    Path model = Files.createDirectories(directory.resolve("model"));
    TinyModel.write(new LocalModelDirectory(model), 1);
    try (TrackedRun run = run("tracking.model=clicks")) {
      run.begin(report(), "rows", false, List.of());
      run.register(model.toString(), "clicks", true);
      awaitWarning();
      run.finish();
    }
    assertThat(mlflow.lostAnswers).isEmpty();
    assertThat(mlflow.versions).hasSize(1);
    assertThat(mlflow.aliases).containsEntry("champion", "1");
  }

  /** 500: the server cannot write files. 413: a proxy refuses their length. */
  @ParameterizedTest
  @ValueSource(ints = {500, 413})
  void aRunHasItsFiguresAndEndsEvenIfNoFileCanBeWritten(int status) throws IOException {
    mlflow.fileStatus = status;
    whole(run());
    assertThat(log)
        .hasSize(1)
        .first()
        .asString()
        .startsWith(
            "warning: not tracked in MLflow at "
                + mlflow.uri()
                + ": configuration.json: HTTP "
                + status
                + ": no files");
    assertThat(mlflow.run().status).isEqualTo("FINISHED");
    assertThat(mlflow.run().metrics)
        .containsEntry("train_loss", List.of("1 0.5", "2 0.25"))
        .containsEntry("test_auc", List.of("2 0.7"));
    assertThat(mlflow.run().tags).containsEntry("destine.model_sha256", HASH);
    assertThat(mlflow.files).isEmpty();
  }

  @Test
  void figuresDoNotWaitForAFileThatIsWrittenAtTheEnd() throws Exception {
    mlflow.fileStatus = 503;
    try (TrackedRun run = run()) {
      run.begin(report(), "rows", false, List.of());
      run.evaluated(epoch(1, 0.5));
      awaitFigures("1 0.5");
      mlflow.fileStatus = 200;
      run.finish();
    }
    assertThat(log)
        .containsExactly(
            "warning: not tracked in MLflow at "
                + mlflow.uri()
                + ": configuration.json: HTTP 503: no files; retrying");
    assertThat(mlflow.run().status).isEqualTo("FINISHED");
    assertThat(mlflow.files).containsOnlyKeys("0/r0/artifacts/configuration.json");
  }

  private void awaitFigures(String... losses) throws InterruptedException {
    long start = System.nanoTime();
    while (figuresOf("train_loss").size() < losses.length
        && System.nanoTime() - start < Duration.ofSeconds(20).toNanos()) {
      Thread.sleep(10);
    }
    assertThat(figuresOf("train_loss")).containsExactly(losses);
  }

  /** What the server has received so far. */
  private List<String> figuresOf(String metric) {
    synchronized (mlflow) {
      return mlflow.runs.values().stream()
          .flatMap(run -> run.metrics.getOrDefault(metric, List.of()).stream())
          .toList();
    }
  }

  @Test
  void aRunEndsEvenIfItsModelCannotBeRegistered() throws IOException {
    try (TrackedRun run = run("tracking.model=clicks")) {
      run.begin(report(), "rows", false, List.of());
      run.register(directory.resolve("nowhere").toString(), "clicks", true);
      run.finish();
    }
    assertThat(mlflow.run().status).isEqualTo("FINISHED");
    assertThat(mlflow.versions).isEmpty();
    assertThat(log).hasSize(1);
  }

  @Test
  void aWrongTokenIsOneWarningThatDoesNotShowIt() throws IOException {
    mlflow.authorization = "Bearer right";
    environment.put("MLFLOW_TRACKING_TOKEN", "wrong-token");
    whole(run());
    assertThat(log)
        .containsExactly(
            "warning: not tracked in MLflow at " + mlflow.uri() + ": HTTP 401: who are you?");
    assertThat(mlflow.calls).isEmpty();
  }

  @Test
  void tokenOrUserAndPasswordComeFromTheEnvironment() throws IOException {
    mlflow.authorization = "Bearer right";
    environment.put("MLFLOW_TRACKING_TOKEN", "right");
    whole(run());
    // As curl --user ann:pass:word sends it.
    mlflow.authorization = "Basic YW5uOnBhc3M6d29yZA==";
    environment.put("MLFLOW_TRACKING_USERNAME", "ann");
    environment.put("MLFLOW_TRACKING_PASSWORD", "pass:word");
    whole(run());
    assertThat(log).isEmpty();
    assertThat(mlflow.runs).hasSize(2);
  }

  /** May take at most twice the time limit of a request. */
  @Full
  @Test
  void aServerThatDoesNotAnswerDelaysNothingBeforeTheEnd() throws IOException {
    mlflow.delayMillis = 60_000;
    TrackedRun run = run();
    long start = System.nanoTime();
    run.begin(report(), "rows", false, List.of());
    for (int epoch = 1; epoch <= 1000; epoch++) {
      run.evaluated(epoch(epoch, 0.5));
    }
    run.trained(report(), () -> HASH);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
    run.close();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(25));
    assertThat(log).hasSize(1).first().asString().contains(": no answer in time");
  }

  @Test
  void withoutAServerNothingIsSaidAndAnotherStoreIsAWarning() throws IOException {
    environment.put("MLFLOW_TRACKING_URI", "sqlite:///mlflow.db");
    whole(run());
    assertThat(log)
        .containsExactly(
            "warning: not tracked in MLflow: MLFLOW_TRACKING_URI: \"sqlite:///mlflow.db\" is not"
                + " the address of a server, http://HOST:PORT; to use a store, start mlflow server"
                + " --backend-store-uri with it");
    assertThat(run("tracking.mlflow=none")).isSameAs(TrackedRun.NONE);
    environment.clear();
    assertThat(run()).isSameAs(TrackedRun.NONE);
    assertThat(mlflow.calls).isEmpty();
  }

  @Test
  void eventFilesOfAResumedTrainingLieSideBySideAndNothingIsReplaced() throws IOException {
    environment.clear();
    String setting = "tracking.tensorboard=" + directory.resolve("events");
    try (TrackedRun stopped = run(setting)) {
      stopped.begin(report(), "rows", false, List.of());
      stopped.stepped(0, 0, 1, 0.75);
      stopped.evaluated(epoch(1, 0.5));
    }
    List<Path> first = eventFiles();
    assertThat(first).hasSize(1);
    byte[] before = Files.readAllBytes(first.get(0));
    assertThat(new String(before, StandardCharsets.ISO_8859_1))
        .contains("brain.Event:2", "step/loss", "epoch/train_loss");
    try (TrackedRun resumed = run(setting)) {
      resumed.begin(report(), "rows", true, List.of(epoch(1, 0.5)));
      resumed.finish();
    }
    assertThat(eventFiles())
        .hasSize(2)
        .allMatch(f -> f.getParent().equals(first.get(0).getParent()));
    assertThat(first.get(0)).hasBinaryContent(before);
    assertThat(log).isEmpty();
  }

  @Test
  void aResumedTrainingLeavesTheEventsOfAnotherModelOfItsNameAlone() throws IOException {
    environment.clear();
    String setting = "tracking.tensorboard=" + directory.resolve("events");
    for (String output : List.of("de/clicks", "fr/clicks")) {
      try (TrackedRun stopped = runInto(output, setting)) {
        stopped.begin(report(), "rows", false, List.of());
      }
    }
    List<Path> before = eventFiles();
    assertThat(before).extracting(Path::getParent).hasSize(2).doesNotHaveDuplicates();
    for (String output : List.of("de/clicks", "fr/clicks")) {
      try (TrackedRun resumed = runInto(output, setting)) {
        resumed.begin(report(), "rows", true, List.of());
        resumed.finish();
      }
    }
    assertThat(eventFiles())
        .hasSize(4)
        .extracting(Path::getParent)
        .containsOnlyElementsOf(before.stream().map(Path::getParent).toList());
    for (Path first : before) {
      try (Stream<Path> files = Files.list(first.getParent())) {
        assertThat(files).hasSize(2);
      }
    }
    assertThat(log).isEmpty();
  }

  @Test
  void runsThatBeginTogetherHaveDirectoriesOfTheirOwn() throws IOException {
    environment.clear();
    for (int n = 0; n < 4; n++) {
      whole(run("tracking.tensorboard=" + directory.resolve("events")));
    }
    assertThat(eventFiles()).extracting(Path::getParent).hasSize(4).doesNotHaveDuplicates();
    assertThat(log).isEmpty();
  }

  @Test
  void aDirectoryOfEventsThatCannotBeWrittenIsOneWarning() throws IOException {
    environment.clear();
    Path file = Files.writeString(directory.resolve("file"), "text");
    whole(run("tracking.tensorboard=" + file));
    assertThat(log).hasSize(1).first().asString().startsWith("warning: not tracked in TensorBoard");
    assertThat(file).hasContent("text");
  }
}
