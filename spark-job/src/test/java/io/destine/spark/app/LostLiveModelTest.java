package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import io.destine.spark.nightly.ClickDays;
import io.destine.spark.store.TakenLock;
import io.destine.spark.train.TreeDigest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileUtil;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory of nights whose live model is gone, or not named any more: each call says so. */
class LostLiveModelTest {
  @TempDir static Path directory;

  @BeforeAll
  static void publishTwoModels() throws IOException {
    SharedSpark.session();
    for (int day = 0; day <= 4; day++) {
      ClickDays.write(directory.resolve("logs"), day);
    }
    CommandRun nights = run("sound", "nightly", "--backfill", date(2), date(3));
    assertThat(nights.code()).as(nights.err()).isZero();
  }

  private static String date(int day) {
    return ClickDays.day(day).toString();
  }

  private static CommandRun run(String model, String command, String... more) throws IOException {
    Path conf = directory.resolve(model + ".conf");
    Files.writeString(
        conf, ClickDays.configuration(directory.resolve("logs"), directory.resolve(model)));
    List<String> words = new ArrayList<>(List.of(command, "--config", conf.toString()));
    words.addAll(List.of(more));
    return CommandRun.of(words.toArray(String[]::new));
  }

  private static Path copied(String name) throws IOException {
    TreeDigest.copy(directory.resolve("sound"), directory.resolve(name));
    return directory.resolve(name);
  }

  private static void assertRefused(CommandRun run, String problem) {
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(OneLine.problem(run)).isNull();
    assertThat(run.errors()).containsExactly("error: " + problem);
    assertThat(run.err()).doesNotContainPattern("[\\p{Cntrl}\\x{FFFD}&&[^\\n\\t]]");
    assertThat(run.out()).isEmpty();
  }

  private static void assertDamageIsNamed(String name, byte[] damage) throws IOException {
    Path model = copied(name);
    Path pointer = model.resolve("published/000002.json");
    Files.write(pointer, damage);
    String problem =
        "file:"
            + pointer
            + " is damaged: it does not name the live model; restore it, or make a model live with"
            + " rollback --to DATE";
    assertRefused(run(name, "status"), problem);
    assertRefused(run(name, "rollback"), problem);
    assertRefused(run(name, "nightly", "--date", date(4)), problem);
    assertRefused(CommandRun.of("inspect", "--model", model.toString()), problem);
    assertRefused(CommandRun.of("evaluate", "--model", model.toString()), problem);
    assertThat(model.resolve("LOCK")).as("a refused call holds no lock").doesNotExist();
  }

  private static void assertGoesOn(String name, String live) throws IOException {
    CommandRun back = run(name, "rollback", "--to", live);
    assertThat(back.code()).as(back.err()).isZero();
    assertThat(run(name, "status").json().path("live").asText()).isEqualTo(live);
    CommandRun night = run(name, "nightly", "--date", date(4));
    assertThat(night.code()).as(night.err()).isZero();
    assertThat(night.json().path("result").asText()).isEqualTo("promoted");
  }

  @Test
  void aDamagedFileThatNamesTheLiveModelIsNamedWithItsRemedyAndNotShown() throws IOException {
    byte[] bytes = new byte[256];
    for (int n = 0; n < bytes.length; n++) {
      bytes[n] = (byte) (n * 7);
    }
    assertDamageIsNamed("bytes", bytes);
    assertGoesOn("bytes", date(3));
    assertDamageIsNamed("empty", new byte[0]);
    String escape = "{\"model\": \"\\u001b[31m\\u0007\", \"date\": \"" + date(3) + "\"}";
    assertDamageIsNamed("escape", escape.getBytes(StandardCharsets.UTF_8));
  }

  /** A run that takes a lock over records the live model again; here the live model is unknown. */
  @Test
  void aRollbackReplacesADamagedFileAlsoWhenItTakesTheLockOver() throws IOException {
    Path model = copied("killed");
    Files.writeString(model.resolve("published/000002.json"), "{");
    TakenLock.leaveExpired(model.resolve("LOCK"));
    assertGoesOn("killed", date(2));
    assertThat(model.resolve("published/000003.json")).content().contains("fence");
  }

  @Test
  void aLiveModelWhoseDirectoryIsGoneIsSaidWithTheWayToGoOn() throws IOException {
    Path model = copied("gone");
    Path live = model.resolve("models/" + date(3));
    FileUtil.fullyDelete(live.toFile());
    String gone = "the live model " + live + " is missing";
    String remedy = "; restore it, or make another model live with rollback --to " + date(2) + ".1";
    CommandRun status = run("gone", "status");
    assertThat(status.code()).as(status.err()).isZero();
    assertThat(status.err().lines()).contains("warning: " + gone + remedy);
    assertThat(status.json().path("live_missing").asText()).isEqualTo(gone + remedy);
    for (String date : new String[] {date(3), date(4)}) {
      assertRefused(run("gone", "nightly", "--date", date), "output.model: " + gone + remedy);
    }

    Files.createDirectories(live);
    Files.writeString(live.resolve("report.json"), "{}");
    assertThat(run("gone", "status").err().lines())
        .contains("warning: the live model " + live + " has no manifest.json" + remedy);
    assertGoesOn("gone", date(2));
    assertThat(run("gone", "status").json().has("live_missing")).isFalse();
  }
}
