package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import io.destine.spark.nightly.ClickDays;
import io.destine.spark.nightly.Nights;
import io.destine.testing.Full;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A full disk makes only the current night fail. */
class FullDiskNightTest {
  private static final int PLENTY = 1 << 20;
  private static final String DAY = ClickDays.day(3).toString();

  @TempDir static Path directory;

  /** What a night with room creates, and the model that it publishes. */
  private static int files;

  private static Map<String, String> model;

  @BeforeAll
  static void takeANightWithRoom() throws IOException {
    ClickDays.write(directory.resolve("logs"), 3);
    Nights nights = new Nights(directory, "roomy");
    nights.firstNight();
    Configuration hadoop = SharedSpark.session().sparkContext().hadoopConfiguration();
    hadoop.set("fs.file.impl", FullDisk.Local.class.getName());
    hadoop.setBoolean("fs.file.impl.disable.cache", true);
    FullDisk.FILES_LEFT.set(PLENTY);
    CommandRun run = night(nights);
    assertThat(run.code()).as(run.err()).isZero();
    files = PLENTY - FullDisk.FILES_LEFT.get();
    model = nights.digests(DAY);
  }

  @AfterAll
  static void useTheDiskItself() {
    Configuration hadoop = SharedSpark.session().sparkContext().hadoopConfiguration();
    hadoop.unset("fs.file.impl");
    hadoop.unset("fs.file.impl.disable.cache");
  }

  private static CommandRun night(Nights nights) throws IOException {
    Path conf = directory.resolve(nights.model.getFileName() + ".conf");
    Files.writeString(conf, ClickDays.configuration(directory.resolve("logs"), nights.model));
    return CommandRun.of("nightly", "--config", conf.toString(), "--date", DAY);
  }

  /**
   * The disk is full before the lock is taken, while rows or checkpoints are written, and after the
   * model is live; also when files can be created but not written.
   */
  @Full(from = 2)
  @ParameterizedTest
  @CsvSource({
    "0.6, '', false",
    "0.95, No space left on device, true",
    "0, No space left on device, false",
    "0.1, No space left on device, false",
    "0.3, '', false",
    "0.8, '', false",
  })
  void whatIsLiveStaysWholeAndTheNextNightWithRoomGoesOn(
      double share, String refusal, boolean published) throws IOException {
    Nights nights = new Nights(directory, "full-" + share);
    nights.firstNight();
    String before = ClickDays.day(2).toString();
    Map<String, String> earlier = nights.digests(before);
    FullDisk.FILES_LEFT.set((int) (share * files));
    FullDisk.refusal = refusal;
    CommandRun refused = night(nights);
    FullDisk.FILES_LEFT.set(PLENTY);
    assertThat(refused.code()).as(refused.err()).isEqualTo(1);
    assertThat(refused.errors())
        .as(refused.err())
        .singleElement()
        .asString()
        .contains(directory.toString(), "No space left on device; make room there");
    assertThat(refused.err()).doesNotContain("\tat ");
    assertThat(nights.live().name()).isEqualTo(published ? DAY : before);
    assertThat(nights.digests(before)).isEqualTo(earlier);

    CommandRun next = night(nights);
    assertThat(next.code()).as(next.err()).isZero();
    assertThat(next.json().path("result").asText()).isEqualTo("promoted");
    assertThat(next.json().path("finished_before").asBoolean()).isEqualTo(published);
    assertThat(nights.digests(nights.live().name())).isEqualTo(model);
  }
}
