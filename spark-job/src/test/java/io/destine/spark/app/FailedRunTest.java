package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import io.destine.spark.train.TreeDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files left by a run that fails while rows are encoded. */
class FailedRunTest {
  private static final int ROWS = 400;
  private static final String COMPRESS = "mapreduce.output.fileoutputformat.compress";

  @TempDir Path directory;

  @BeforeAll
  static void startSpark() {
    SharedSpark.session();
  }

  /** A table whose row 7 has the given price. */
  private CommandRun encode(String price, String... settings) throws IOException {
    StringBuilder csv = new StringBuilder("clicked,user,price\n");
    for (int n = 0; n < ROWS; n++) {
      csv.append(n % 2).append(",u").append(n % 5).append(',');
      csv.append(n == 7 ? price : Integer.toString(n)).append('\n');
    }
    Files.writeString(directory.resolve("clicks.csv"), csv);
    Files.writeString(
        directory.resolve("job.conf"),
        """
        source { path = "%s", format = csv }
        label = clicked
        fields = [ user, { name = price, kind = numeric, transform = linear } ]
        split { train = 1, validation = 0, test = 0 }
        output { model = "%s" }
        """
            .formatted(directory.resolve("clicks.csv"), directory.resolve("runs/clicks")));
    return run("encode", settings);
  }

  private CommandRun run(String command, String... settings) {
    List<String> words =
        new ArrayList<>(List.of(command, "--config", directory.resolve("job.conf").toString()));
    for (String setting : settings) {
      words.addAll(List.of("--set", setting));
    }
    return CommandRun.of(words.toArray(String[]::new));
  }

  private Stream<Path> left() throws IOException {
    Path runs = directory.resolve("runs");
    return Files.exists(runs) ? Files.list(runs) : Stream.of();
  }

  @Test
  void aTrainingWithoutValidationRowsIsRefusedBeforeItEncodes() throws IOException {
    assertThat(encode("1").code()).isZero();
    for (String[] settings :
        new String[][] {
          {"output.data=" + directory.resolve("others")},
          {"source.path=null", "split=null", "split.paths.train=" + directory.resolve("clicks.csv")}
        }) {
      CommandRun run = run("train", settings);
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.errors())
          .containsExactly(
              "error: there are no validation rows, by which training chooses the best epoch: set"
                  + " split.validation or split.paths.validation");
    }
    assertThat(left()).containsExactly(directory.resolve("runs/clicks.data"));
    assertThat(directory.resolve("others")).doesNotExist();
  }

  @Test
  void tooManyBadRowsAreKeptAndTheErrorSaysWhere() throws IOException {
    CommandRun run = encode("cheap");
    assertThat(run.code()).isEqualTo(2);
    String quarantine = directory.resolve("runs/clicks.data/quarantine").toString();
    assertThat(run.errors())
        .singleElement()
        .asString()
        .contains("1 of 400 rows cannot be read")
        .endsWith("; rows that cannot be read are kept in " + quarantine);
    assertThat(SharedSpark.session().read().json(quarantine).count()).isOne();
    assertThat(left()).containsExactly(directory.resolve("runs/clicks.data"));
    assertThat(Path.of(quarantine).resolveSibling("rows")).doesNotExist();
  }

  @Test
  void aFailedRunKeepsTheDataSetAndItsQuarantine() throws IOException {
    String[] settings = {"split.train=0.8", "split.validation=0.2", "quarantine.max-fraction=0.01"};
    assertThat(encode("cheap", settings).code()).isZero();
    Path data = directory.resolve("runs/clicks.data");
    Map<String, String> before = TreeDigest.of(data.resolve("quarantine"));
    for (String price : List.of("dear", "free")) {
      CommandRun failed = encode(price);
      assertThat(failed.code()).as(failed.err()).isEqualTo(2);
      String kept = data + "/quarantine-of-failed-run";
      assertThat(failed.errors())
          .singleElement()
          .asString()
          .endsWith("; rows that cannot be read are kept in " + kept);
      String found = "raw like '%" + price + "%'";
      assertThat(SharedSpark.session().read().json(kept).filter(found).count()).isOne();
      assertThat(TreeDigest.of(data.resolve("quarantine"))).isEqualTo(before);
    }
    CommandRun next = encode("9", settings);
    assertThat(next.code()).as(next.err()).isZero();
    assertThat(data.resolve("quarantine-of-failed-run")).doesNotExist();
  }

  /** A setting of many clusters. Data sets with a compressed quarantine exist, too. */
  @Test
  void compressionInHadoopsSettingsLeavesADataSetThatCanBeReplaced() throws IOException {
    String[] settings = {
      "split.train=0.8", "split.validation=0.2", "quarantine.max-fraction=0.01", "split.seed=2"
    };
    Configuration hadoop = SharedSpark.context().hadoopConfiguration();
    hadoop.setBoolean(COMPRESS, true);
    CommandRun first;
    try {
      first = encode("cheap", settings);
    } finally {
      hadoop.unset(COMPRESS);
    }
    assertThat(first.code()).as(first.err()).isZero();
    List<Path> parts;
    try (Stream<Path> files = Files.list(directory.resolve("runs/clicks.data/quarantine"))) {
      parts = files.filter(p -> p.getFileName().toString().startsWith("part-")).toList();
    }
    assertThat(parts).isNotEmpty().allMatch(part -> part.toString().endsWith(".json"));
    for (Path part : parts) {
      Files.move(part, part.resolveSibling(part.getFileName() + ".deflate"));
    }
    settings[3] = "split.seed=3";
    CommandRun next = encode("cheap", settings);
    assertThat(next.code()).as(next.err()).isZero();
  }

  @Test
  void aNumberThatIsTooLargeIsTheUsersErrorAndNothingStays() throws IOException {
    CommandRun run = encode("1e200");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors())
        .singleElement()
        .asString()
        .startsWith("error: field \"price\": a number of size 1.0E200 is too large");
    assertThat(left()).isEmpty();
  }

  @Test
  void aTrainingThatFailsSaysThatItsEncodedRowsAreKeptAndTheNextOneUsesThem() throws IOException {
    String[] settings = {
      "split.train=0.8", "split.validation=0.2", "train.epochs=1", "train.batch-size=64"
    };
    assertThat(encode("7", settings).code()).isZero();
    Path data = directory.resolve("runs/clicks.data");
    byte[] manifest = Files.readAllBytes(data.resolve("manifest.json"));
    String[] steep = Arrays.copyOf(settings, settings.length + 1);
    steep[settings.length] = "train.learning-rate=1e30";
    CommandRun failed = run("train", steep);
    assertThat(failed.code()).as(failed.err()).isEqualTo(1);
    assertThat(failed.errors()).singleElement().asString().startsWith("error: training stopped: ");
    assertThat(failed.err().lines())
        .contains(
            "the encoded rows are kept in "
                + data
                + ": the next training run on the same data uses them");
    CommandRun trained = run("train", settings);
    assertThat(trained.code()).as(trained.err()).isZero();
    assertThat(trained.err()).doesNotContain("are kept");
    assertThat(data.resolve("manifest.json")).hasBinaryContent(manifest);
  }
}
