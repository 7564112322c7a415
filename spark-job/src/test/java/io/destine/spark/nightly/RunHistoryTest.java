package io.destine.spark.nightly;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.artifact.Manifest;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.conf.ModelSettings;
import io.destine.spark.report.RunReport;
import io.destine.spark.report.RunResult;
import io.destine.spark.store.CurrentModel;
import io.destine.spark.store.Owner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunHistoryTest {
  private static final String NIGHTS =
      "output.model = nights, label = click, nightly.input = \"{date}\"";

  @TempDir Path directory;

  private Path model(String name) throws IOException {
    Path model = Files.createDirectories(directory.resolve("models").resolve(name));
    Files.writeString(model.resolve("dense.safetensors"), "");
    Files.writeString(
        model.resolve(Manifest.FILE),
        "{\"format\": \"" + Manifest.FORMAT + "\", \"files\": {\"dense.safetensors\": {}}}");
    return model;
  }

  @Test
  void aFileOfTheUserKeepsAModelThatWouldBeRemoved() throws IOException {
    Path old = model("2026-03-01");
    Path annotated = model("2026-03-02");
    Path live = model("2026-03-03");
    Path checkpoint = directory.resolve("models/2026-03-02.checkpoints/step-0000000100");
    Files.createDirectories(checkpoint);
    Path left = directory.resolve("models/2026-03-01.checkpoints/step-0000000100");
    Files.createDirectories(left);
    Files.writeString(left.resolve("dense.safetensors"), "");
    Path own = Files.createDirectories(directory.resolve("models/2026-02-28"));
    for (Path place : new Path[] {annotated, checkpoint, own}) {
      Files.writeString(place.resolve("notes.txt"), "mine");
    }
    FileSystem local = FileSystem.getLocal(new Configuration(false));
    new RunHistory(local, new NightlyPaths(directory.toString()))
        .prune(1, 1, List.of("2026-03-03"));
    assertThat(old).doesNotExist();
    assertThat(left).doesNotExist();
    assertThat(annotated.resolve("notes.txt")).hasContent("mine");
    assertThat(checkpoint.resolve("notes.txt")).hasContent("mine");
    assertThat(own.resolve("notes.txt")).hasContent("mine");
    assertThat(live).exists();
  }

  @Test
  void aModelThatIsKeptKeepsTheReportThatMakesItOneOfARun() throws IOException {
    List<String> names = List.of("2026-03-01", "2026-03-02", "2026-03-03");
    for (String name : names) {
      model(name);
      Path run = Files.createDirectories(directory.resolve("runs").resolve(name));
      Files.writeString(
          run.resolve("report.json"),
          "{\"result\": \"promoted\", \"model_name\": \"" + name + "\"}");
    }
    FileSystem local = FileSystem.getLocal(new Configuration(false));
    RunHistory history = new RunHistory(local, new NightlyPaths(directory.toString()));
    history.prune(1, 2, List.of("2026-03-03"));
    history.removeLeftovers("2026-03-03", RunName.parse("2026-03-04").orElseThrow());
    assertThat(history.models())
        .extracting(RunName::toString)
        .containsExactly(names.get(1), names.get(2));
    assertThat(directory.resolve("runs/2026-03-01")).doesNotExist();
    assertThat(directory.resolve("runs/2026-03-02/report.json")).exists();
  }

  @Test
  void aRunThatFailedAfterItsPublicationIsCompletedWithTheReasonsOfTheGate() throws IOException {
    String name = "2026-03-03";
    Files.writeString(
        Files.createDirectories(directory.resolve("runs").resolve(name)).resolve("report.json"),
        """
        {
          "result": "failed", "model_name": "2026-03-03", "run_id": "a",
          "error": "disk full", "reasons": ["disk full"],
          "gate": [{"check": "auc", "value": 0.7, "bound": 0.6, "passed": true, "text": "above"}],
          "date": "2026-03-03",
          "history": [{"date": "2026-03-02", "result": "failed"},
                      {"date": "2026-03-03", "result": "failed"}]
        }
        """);
    FileSystem local = FileSystem.getLocal(new Configuration(false));
    RunHistory history = new RunHistory(local, new NightlyPaths(directory.toString()));
    Instant since = Instant.parse("2026-03-04T01:00:00Z");
    CurrentModel live = new CurrentModel(name, LocalDate.parse(name), since, "a", null);
    RunRecord completed = history.completed(live, Clock.systemUTC()).orElseThrow();
    assertThat(completed.result()).isEqualTo(RunResult.PROMOTED);
    assertThat(completed.reasons()).isEqualTo("above");
    assertThat(completed.report().progress().error()).isNull();
    assertThat(completed.report().drift().history())
        .extracting(day -> day.date() + " " + day.result().key())
        .containsExactly("2026-03-02 failed", "2026-03-03 promoted");
  }

  @Test
  void pagesLinkToThePagesThatAreLeft() throws IOException {
    FileSystem local = FileSystem.getLocal(new Configuration(false));
    RunHistory history = new RunHistory(local, new NightlyPaths(directory.toString()));
    RunPages pages = pages(line -> {}, "nightly.keep-runs=2", "nightly.recent-days=2");
    ReportBuilder first = builder("2026-03-01");
    first.result(RunResult.PROMOTED);
    for (RunReport report :
        List.of(
            first.report(),
            failed("2026-03-02").report(),
            failed("2026-03-03").report(),
            failed("2026-03-04").report())) {
      RunName name = RunName.first(report.identity().date());
      history.write(name, report);
      pages.page(name, history.all());
    }
    history.prune(2, 1, List.of());
    pages.index(history.all(), Optional.empty());
    assertThat(directory.resolve("runs/2026-03-02")).doesNotExist();
    assertThat(page("2026-03-01")).contains("../2026-03-03/").doesNotContain("../2026-03-02/");
    assertThat(page("2026-03-03")).contains("../2026-03-01/").doesNotContain("../2026-03-02/");
  }

  @Test
  void aNameHasOneSpelling() {
    assertThat(RunName.parse("2026-03-01.12")).hasToString("Optional[2026-03-01.12]");
    for (String other : List.of("2026-03-01.1", "2026-03-01.0", "2026-03-01.02", "2026-03-01.+2")) {
      assertThat(RunName.parse(other)).as(other).isEmpty();
    }
  }

  private String page(String run) throws IOException {
    return Files.readString(directory.resolve("runs").resolve(run).resolve("report.html"));
  }

  @Test
  void theListOfRunsNamesALiveModelWhoseReportIsLost() throws IOException {
    pages(line -> {}).index(List.of(), Optional.of("2026-03-03"));
    assertThat(directory.resolve("runs/index.html"))
        .content()
        .contains("Live: the model of 2026-03-03.");
  }

  private RunPages pages(Consumer<String> log, String... settings) throws IOException {
    return new RunPages(
        FileSystem.getLocal(new Configuration(false)),
        new NightlyPaths(directory.toString()),
        JobConfigReader.parse(NIGHTS, List.of(settings)).nightly(),
        log);
  }

  @Test
  void theWarningAboutAMetricsFileThatCannotBeWrittenHasTheCause() throws IOException {
    SharedSpark.session();
    Path file = Files.writeString(directory.resolve("file"), "");
    Path metrics = file.resolve("metrics.prom");
    List<String> log = new ArrayList<>();
    pages(log::add, "nightly.metrics-file=" + metrics).metrics(failed("2026-03-03"));
    assertThat(log)
        .singleElement()
        .asString()
        .startsWith("warning: Cannot write " + metrics + ": ")
        .endsWith("FileAlreadyExistsException: " + file);
  }

  private static RunRecord failed(String day) {
    ReportBuilder builder = builder(day);
    builder.result(RunResult.FAILED);
    return new RunRecord(RunName.parse(day).orElseThrow(), builder.report());
  }

  private static ReportBuilder builder(String day) {
    return new ReportBuilder(
        Clock.systemUTC(),
        "nights",
        RunName.parse(day).orElseThrow(),
        "a",
        Owner.ofThisProcess("app"),
        ModelSettings.of(JobConfigReader.parse(NIGHTS, List.of())));
  }

  /** It notes its history when it is decided, and once more when it fails. */
  @Test
  void aRunThatFailsAfterItsDecisionHasItsDaysOnce() {
    ReportBuilder builder = builder("2026-03-03");
    List<RunRecord> recent = List.of(failed("2026-03-02"));
    builder.history(recent);
    builder.result(RunResult.FAILED);
    builder.history(recent);
    assertThat(builder.report().drift().history())
        .extracting(day -> day.date() + " " + day.result().key())
        .containsExactly("2026-03-02 failed", "2026-03-03 failed");
  }

  private Path run(String name) throws IOException {
    Path run = Files.createDirectories(directory.resolve("runs").resolve(name));
    Path data = run.resolve("data");
    for (Path file :
        List.of(
            run.resolve("report.json"),
            run.resolve("report.html"),
            run.resolve(".report.json.new-" + UUID.randomUUID()),
            run.resolve(".data.new-" + UUID.randomUUID() + "/rows/.part-00000.blocks-1"),
            data.resolve("vocabulary/_fields.json"),
            data.resolve("quarantine/part-0.json"))) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, "{}");
    }
    return run;
  }

  @Test
  void aFileOfTheUserKeepsARunThatWouldBeRemovedAndItsRows() throws IOException {
    Path old = run("2026-03-01");
    Path annotated = run("2026-03-02");
    Path withRows = run("2026-03-03");
    Path listed = run("2026-03-04");
    Path newest = run("2026-03-05");
    Files.writeString(annotated.resolve("notes.txt"), "mine");
    Files.writeString(withRows.resolve("data/notes.txt"), "mine");
    Files.writeString(Files.createDirectories(listed.resolve("lists")).resolve("report.json"), "");
    FileSystem local = FileSystem.getLocal(new Configuration(false));
    RunHistory history = new RunHistory(local, new NightlyPaths(directory.toString()));
    history.removeData();
    assertThat(annotated.resolve("data")).doesNotExist();
    history.prune(1, 1, List.of("2026-03-05"));
    assertThat(old).doesNotExist();
    assertThat(annotated.resolve("notes.txt")).hasContent("mine");
    assertThat(withRows.resolve("data/notes.txt")).hasContent("mine");
    assertThat(listed.resolve("lists/report.json")).exists();
    assertThat(newest).exists();
  }
}
