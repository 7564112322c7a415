package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import io.destine.spark.store.Owner;
import io.destine.spark.store.RunLock;
import io.destine.spark.train.TreeDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Existing files are not lost, and problems with an output are reported immediately. */
class OutputSafetyTest {
  @TempDir static Path directory;

  @BeforeAll
  static void trainAModel() throws IOException {
    SharedSpark.session();
    StringBuilder csv = new StringBuilder("clicked,user,item\n");
    for (int n = 0; n < 400; n++) {
      csv.append(n % 3 == 0 ? 1 : 0).append(",u").append(n % 7).append(",i").append(n % 5);
      csv.append('\n');
    }
    Files.writeString(directory.resolve("clicks.csv"), csv);
    Files.writeString(
        directory.resolve("job.conf"),
        """
        source { path = "%s", format = csv, header = true }
        label = clicked
        fields = [ { name = user } ]
        model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1 }
        train { batch-size = 64, epochs = 1, blocks-per-step = 2 }
        nightly.input = "%s/day={date}"
        """
            .formatted(directory.resolve("clicks.csv"), directory));
    CommandRun trained = run("train", "model", "model.data");
    assertThat(trained.code()).as(trained.err()).isZero();
  }

  private static CommandRun run(String command, String model, String data, String... more) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(List.of("--config", directory.resolve("job.conf").toString()));
    all.addAll(List.of("--set", "output.model=" + directory + "/" + model));
    if (data != null) {
      all.addAll(List.of("--set", "output.data=" + directory + "/" + data));
    }
    all.addAll(List.of(more));
    return CommandRun.of(all.toArray(String[]::new));
  }

  private static void assertRefused(CommandRun run, int code, String... parts) {
    assertThat(run.code()).as(run.err()).isEqualTo(code);
    assertThat(run.errors()).singleElement().asString().contains(parts);
    assertThat(run.err()).doesNotContain("\tat ");
  }

  private static Path copied(String name) throws IOException {
    Path copy = directory.resolve(name);
    TreeDigest.copy(directory.resolve("model"), copy);
    return copy;
  }

  @ParameterizedTest
  @CsvSource({
    "train, one, one, is the same directory as",
    "train, one/, ./one/x/.., is the same directory as",
    "train, two, two/data, lies inside",
    "train, three/model, three, lies inside",
    "train, four, four.checkpoints/data, lies inside",
    "encode, five, five, is the same directory as",
    "encode, six/model, six, lies inside",
  })
  void outputsThatLieInOneAnotherAreRefused(
      String command, String model, String data, String words) {
    assertRefused(run(command, model, data), 2, "output.model", words);
    assertThat(directory.resolve(model)).doesNotExist();
    assertThat(directory.resolve(data)).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"train", "encode"})
  void aModelIsNotReplacedByAnEncodedDataSet(String command) throws IOException {
    Path model = copied("kept-by-" + command);
    Map<String, String> before = TreeDigest.of(model);
    assertRefused(
        run(command, "other", model.getFileName().toString()), 2, "output.data", "holds a model");
    assertThat(TreeDigest.of(model)).isEqualTo(before);
  }

  @Test
  void aDataSetThatHoldsSomethingElseIsNotReplaced() throws IOException {
    Path data = directory.resolve("crowded");
    TreeDigest.copy(directory.resolve("model.data"), data);
    TreeDigest.copy(directory.resolve("model"), data.resolve("model"));
    Map<String, String> before = TreeDigest.of(data);
    assertRefused(
        run("encode", "other", "crowded", "--set", "split.seed=5"), 2, "output.data", "crowded");
    assertThat(TreeDigest.of(data)).isEqualTo(before);
    assertRefused(run("train", "model.data/model", "other.data"), 2, "output.model", "lies inside");
  }

  @Test
  void directoriesBesideADataSetStayWhenItIsReplaced() throws IOException {
    TreeDigest.copy(directory.resolve("model.data"), directory.resolve("b.data"));
    TreeDigest.copy(directory.resolve("model.data"), directory.resolve("b.data.old"));
    for (String name : List.of("b.data.temporary-notes", ".b.data.new-notes", ".b.data.old")) {
      Files.createDirectories(directory.resolve(name));
      Files.writeString(directory.resolve(name).resolve("notes.txt"), "mine");
    }
    Map<String, String> backup = TreeDigest.of(directory.resolve("b.data.old"));
    CommandRun encoded = run("encode", "b", "b.data", "--set", "split.seed=9");
    assertThat(encoded.code()).as(encoded.err()).isZero();
    assertThat(TreeDigest.of(directory.resolve("b.data")))
        .isNotEqualTo(TreeDigest.of(directory.resolve("model.data")));
    assertThat(TreeDigest.of(directory.resolve("b.data.old"))).isEqualTo(backup);
    for (String name : List.of("b.data.temporary-notes", ".b.data.new-notes", ".b.data.old")) {
      assertThat(directory.resolve(name).resolve("notes.txt")).hasContent("mine");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "model, notes.html",
    "model, vocabulary/notes.json",
    "model, old.safetensors",
    "model.data, rows/notes.txt",
    "model.data, vocabulary/mine.csv",
    "model.data, quarantine/kept/rows.json",
  })
  void aFileOfTheUserKeepsTheDirectoryThatItIsIn(String output, String file) throws IOException {
    String name = "with-" + file.replaceAll("\\W", "-");
    TreeDigest.copy(directory.resolve("model"), directory.resolve(name));
    TreeDigest.copy(directory.resolve("model.data"), directory.resolve(name + ".data"));
    Path mine = directory.resolve(output.replace("model", name)).resolve(file);
    Files.createDirectories(mine.getParent());
    Files.writeString(mine, "mine");
    assertRefused(
        run("train", name, name + ".data", "--overwrite", "--set", "split.seed=9"),
        2,
        output.equals("model") ? "output.model" : "output.data",
        "together with " + file + ", which is not part of it");
    assertThat(mine).hasContent("mine");
  }

  @Test
  void aCheckpointThatTheUserHasCopiedStays() throws IOException {
    Path copy = directory.resolve("cp.checkpoints/step-0000000100-good/notes.txt");
    Files.createDirectories(copy.getParent());
    Files.writeString(copy, "mine");
    assertRefused(run("train", "cp", "model.data"), 2, "cp.checkpoints", "holds other files");
    assertThat(copy).hasContent("mine");
  }

  @Test
  void aFileOfTheUserInACheckpointStays() throws IOException {
    Path notes = directory.resolve("noted.checkpoints/step-0000000100/notes.txt");
    Files.createDirectories(notes.getParent());
    Files.writeString(notes.resolveSibling("dense.safetensors"), "");
    Files.writeString(notes, "mine");
    assertRefused(
        run("train", "noted", "model.data"),
        2,
        "noted.checkpoints",
        "together with step-0000000100/notes.txt, which is not part of it");
    assertThat(notes).hasContent("mine");
  }

  @ParameterizedTest
  @CsvSource({
    "explain, --page, model/dense.safetensors, was not written by explain",
    "explain, --page, clicks.csv, was not written by explain",
    "explain, --page, model/report.html, was not written by explain",
    "explain, --page, model/new.html, which holds a model",
    "explain, --page, clicks.csv/page.html, is not a directory",
    "explain, --page, model, was not written by explain",
    "replay, --table, clicks.csv, was not written by replay",
    "replay, --table, model/manifest.json, was not written by replay",
    "resolve, --output, clicks.csv, was not written by resolve",
    "resolve, --output, job.conf, was not written by resolve",
    "generate, --config, clicks.csv, was not written by generate",
    "nightly, --set, model/manifest.json, was not written by nightly",
    "nightly, --set, model/new.prom, which holds a model",
  })
  void aFileThatACommandDidNotWriteStays(String command, String option, String file, String words)
      throws IOException {
    Map<String, String> before = TreeDigest.of(directory);
    Path path = directory.resolve(file);
    String model = directory.resolve("model").toString();
    String config = directory.resolve("job.conf").toString();
    List<String> all = new ArrayList<>(List.of(command));
    switch (command) {
      case "explain" -> all.addAll(List.of("--model", model, "--overwrite"));
      case "replay" ->
          all.addAll(List.of("--config", config, "--from", "2026-03-01", "--to", "2026-03-02"));
      case "generate" ->
          all.addAll(List.of("--rows", "10", "--output", directory + "/log", "--overwrite"));
      case "nightly" -> all.addAll(List.of("--config", config, "--date", "2026-03-01"));
      default -> all.addAll(List.of("--config", config));
    }
    if (List.of("replay", "nightly", "resolve").contains(command)) {
      all.addAll(List.of("--set", "output.model=" + directory + "/never"));
    }
    String value = command.equals("nightly") ? "nightly.metrics-file=" + path : path.toString();
    all.addAll(List.of(option, value));
    assertRefused(CommandRun.of(all.toArray(String[]::new)), 2, file, words);
    assertThat(TreeDigest.of(directory)).isEqualTo(before);
  }

  @Test
  void aPageIsReplacedWhenAsked() throws IOException {
    Path page = directory.resolve("page.html");
    List<String> explain =
        List.of("explain", "--model", directory + "/model", "--rows", "50", "--repeats", "1");
    CommandRun first = explained(explain, "--page", page.toString());
    assertThat(first.code()).as(first.err()).isZero();
    byte[] written = Files.readAllBytes(page);
    assertRefused(explained(explain, "--page", page.toString()), 2, "add --overwrite");
    assertThat(page).hasBinaryContent(written);
    CommandRun second = explained(explain, "--page", page.toString(), "--overwrite", "--seed", "5");
    assertThat(second.code()).as(second.err()).isZero();
    assertThat(Files.readAllBytes(page)).isNotEqualTo(written);
  }

  private static CommandRun explained(List<String> explain, String... more) {
    List<String> all = new ArrayList<>(explain);
    all.addAll(List.of(more));
    return CommandRun.of(all.toArray(String[]::new));
  }

  @Test
  void aReplayBeginsWithNewDirectories() throws IOException {
    Path frozen = copied("again.frozen");
    Map<String, String> before = TreeDigest.of(frozen);
    assertRefused(
        run("replay", "again", null, "--from", "2026-03-01", "--to", "2026-03-02"),
        2,
        "again.frozen exists");
    assertThat(TreeDigest.of(frozen)).isEqualTo(before);
  }

  @Test
  void nightsAreNotReplacedByATraining() throws IOException {
    Path nights = copied("nights");
    Files.createDirectories(nights.resolve("published"));
    Files.writeString(nights.resolve("published/000001.json"), "{}");
    TreeDigest.copy(directory.resolve("model"), nights.resolve("models-of-a-night"));
    Map<String, String> before = TreeDigest.of(nights);
    assertRefused(run("train", "nights", "nights.data"), 2, "output.model", "nightly runs");
    assertRefused(
        run("train", "nights/models/mine", "nights.data"), 2, "lies inside", "nightly runs");
    assertThat(TreeDigest.of(nights)).isEqualTo(before);
  }

  @Test
  void nightsDoNotBeginInTheDirectoryOfAModel() throws IOException {
    Path model = copied("plain");
    Map<String, String> before = TreeDigest.of(model);
    assertRefused(
        run("nightly", "plain", null, "--date", "2026-03-01"), 2, "output.model", "holds a model");
    assertThat(TreeDigest.of(model)).isEqualTo(before);
  }

  @Test
  void aModelIsReplacedWhenAsked() throws IOException {
    Path model = copied("fields");
    Map<String, String> before = TreeDigest.of(model);
    assertRefused(
        run("train", "fields", null, "--set", "train.seed=3"),
        2,
        "fields holds a model; add --overwrite to replace it");
    for (String fields : List.of("[{ name = user }, { name = item }]", "\"*\"")) {
      assertRefused(
          run("train", "fields", null, "--resume", "--set", "fields=" + fields),
          2,
          "holds a model with different fields (fields only in the configuration: item); add"
              + " --overwrite to replace it");
    }
    assertThat(TreeDigest.of(model)).isEqualTo(before);
    CommandRun same = run("train", "fields", null, "--resume", "--set", "train.seed=3");
    assertThat(same.code()).as(same.err()).isZero();
    String crossed = "[{ name = user }, { name = item }]";
    CommandRun other =
        run(
            "train",
            "fields",
            null,
            "--set",
            "fields=" + crossed,
            "--set",
            "crosses=[[user, item]]",
            "--overwrite");
    assertThat(other.code()).as(other.err()).isZero();
    CommandRun resumed =
        run(
            "train",
            "fields",
            null,
            "--resume",
            "--set",
            "fields=" + crossed,
            "--set",
            "train.seed=4");
    assertThat(resumed.code()).as(resumed.err()).isZero();
    CommandRun asked =
        run("train", "fields", null, "--set", "fields=[{ name = item }]", "--overwrite");
    assertThat(asked.code()).as(asked.err()).isZero();
  }

  @Test
  void aLinkToAnOutputStaysAndWhatItPointsToIsReplaced() throws IOException {
    Path disk = Files.createDirectories(directory.resolve("disk"));
    List<String> names = List.of("linked", "linked.data", "linked.checkpoints");
    for (String name : names) {
      Files.createSymbolicLink(directory.resolve(name), disk.resolve(name));
    }
    CommandRun first = run("train", "linked", "linked.data");
    assertThat(first.code()).as(first.err()).isZero();
    Map<String, String> model = TreeDigest.of(disk.resolve("linked"));
    Map<String, String> data = TreeDigest.of(disk.resolve("linked.data"));
    CommandRun second =
        run("train", "linked", "linked.data", "--set", "split.seed=9", "--overwrite");
    assertThat(second.code()).as(second.err()).isZero();
    assertThat(names).allSatisfy(name -> assertThat(directory.resolve(name)).isSymbolicLink());
    assertThat(TreeDigest.of(disk.resolve("linked"))).isNotEqualTo(model);
    assertThat(TreeDigest.of(disk.resolve("linked.data"))).isNotEqualTo(data);
    // Other tests take digests of the whole directory, which now has a link to a removed one.
    for (String name : names) {
      Files.delete(directory.resolve(name));
    }
  }

  @Test
  void aSlashAtTheEndChangesNothing() {
    CommandRun slashed = run("train", "slashed/", null);
    assertThat(slashed.code()).as(slashed.err()).isZero();
    assertThat(directory.resolve("slashed.data/manifest.json")).isRegularFile();
    assertThat(directory.resolve("slashed/manifest.json")).isRegularFile();
    assertThat(directory.resolve("slashed/.data")).doesNotExist();
    CommandRun resumed = run("train", "slashed/", "slashed.data/", "--resume");
    assertThat(resumed.code()).as(resumed.err()).isZero();
  }

  @Test
  void anOutputThatCannotBeMadeIsSaidBeforeAnythingIsComputed() throws IOException {
    Files.writeString(directory.resolve("file"), "in the way");
    Files.createDirectories(directory.resolve("photos"));
    Files.writeString(directory.resolve("photos/cat.txt"), "meow");
    Files.createDirectories(directory.resolve("m.checkpoints"));
    Files.writeString(directory.resolve("m.checkpoints/notes.txt"), "mine");
    assertRefused(run("train", "file/model", "new.data"), 2, "/file is a file");
    assertRefused(run("train", "file", "new.data"), 2, "output.model", "holds a file");
    assertRefused(run("train", "new", "photos"), 2, "output.data", "holds other files");
    assertRefused(run("train", "photos", "new.data"), 2, "output.model", "holds other files");
    assertRefused(run("train", "m", "new.data"), 2, "m.checkpoints", "holds other files");
    assertRefused(run("encode", "new", "file/data"), 2, "/file is a file");
    assertRefused(run("train", "", null, "--set", "output.model=/proc/no/model"), 2, "/proc/no");
    assertThat(directory.resolve("new.data")).doesNotExist();
    assertThat(directory.resolve("photos/cat.txt")).hasContent("meow");
  }

  @ParameterizedTest
  @CsvSource({"train, .held.lock", "train, .held.data.lock", "encode, .held.data.lock"})
  void aSecondRunIntoOneOutputIsToldWhoIsAtWork(String command, String lock) throws IOException {
    Path file = directory.resolve(lock);
    try (RunLock held =
        RunLock.acquire(
            FileSystem.getLocal(new Configuration(false)),
            new org.apache.hadoop.fs.Path(file.toUri()),
            new Owner("alice", "elsewhere", "", 5, "", Instant.EPOCH, "application_1"),
            Duration.ofHours(1),
            Clock.systemUTC())) {
      held.requireHeld();
      assertRefused(
          run(command, "held", "held.data"),
          4,
          "another run is active: lock file:" + file,
          "alice on elsewhere (pid 5, application_1)");
    }
    assertThat(directory.resolve("held")).doesNotExist();
  }
}
