package io.destine.spark.nightly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.conf.UserError;
import io.destine.spark.report.RunResult;
import io.destine.spark.store.LockedException;
import io.destine.spark.store.LostLockException;
import io.destine.spark.store.ObjectStore;
import io.destine.spark.store.Owner;
import io.destine.spark.store.RunLock;
import io.destine.spark.store.TakenLock;
import io.destine.testing.Full;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nights on storage without atomic directory renames, compared with the same nights on a local
 * disk.
 */
@Full
class ObjectStoreNightsTest {
  private static final String CHECKPOINTS = "checkpoint.steps=4";

  @TempDir static Path directory;
  private static Nights local;

  @BeforeAll
  static void runOnDisk() throws IOException {
    Nights.hadoop().setClass("fs.store.impl", ObjectStore.class, ObjectStore.class);
    local = new Nights(directory, "local");
    local.days(0, 1, 2, 3, 4);
    local.run(2, CHECKPOINTS);
    local.run(3, CHECKPOINTS);
  }

  /** The same directory, as an object store. */
  private static String at(Nights nights) {
    return "output.model=" + ObjectStore.SCHEME + ":" + nights.model;
  }

  private static List<String> names(Path path) throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static TrainingListener stoppingAt(int last, RuntimeException failure) {
    return new TrainingListener() {
      private int taken;

      @Override
      public void stepped(int epoch, int step, int of, long rows, double loss) {
        if (++taken == last) {
          throw failure;
        }
      }
    };
  }

  @Test
  void nightsHaveTheSameBitsAndRenameNoDirectory() throws IOException {
    Nights nights = new Nights(directory, "store");
    ObjectStore.RENAMED.clear();
    nights.run(2, CHECKPOINTS, at(nights));
    assertThatThrownBy(
            () ->
                nights
                    .job(stoppingAt(7, new IllegalStateException("stop")), CHECKPOINTS, at(nights))
                    .run(ClickDays.day(3), Nights.PLAIN))
        .hasStackTraceContaining("stop");
    assertThat(nights.live().name()).isEqualTo(ClickDays.day(2).toString());
    assertThat(nights.run(3, CHECKPOINTS, at(nights)).result()).isEqualTo(RunResult.PROMOTED);
    for (int day : new int[] {2, 3}) {
      String name = ClickDays.day(day).toString();
      assertThat(nights.digests(name)).isNotEmpty().isEqualTo(local.digests(name));
    }
    assertThat(nights.log).anyMatch(line -> line.startsWith("resumed from store:"));
    // Spark's own committer of the vocabulary's files has a _temporary directory.
    assertThat(ObjectStore.RENAMED).allMatch(path -> path.contains("_temporary"));
    assertThat(names(nights.model)).containsExactly("models", "published", "runs");
    assertThat(names(nights.model.resolve("published")))
        .containsExactly("000001.json", "000002.json");
    assertThat(names(nights.model.resolve("models/" + ClickDays.day(3))))
        .contains("manifest.json")
        .noneMatch(name -> name.startsWith("."));
    assertThat(names(nights.model.resolve("models"))).hasSize(2);
  }

  @Test
  void aStoreThatIgnoresConditionsIsRefused() throws IOException {
    Nights nights = new Nights(directory, "careless");
    Nights.hadoop().setBoolean("store.ignores", true);
    Nights.hadoop().setBoolean("fs.store.impl.disable.cache", true);
    try {
      assertThatThrownBy(() -> nights.run(2, at(nights)))
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith(
              "output.model: store:" + nights.model + "/LOCK: this object store");
    } finally {
      Nights.hadoop().unset("store.ignores");
      Nights.hadoop().unset("fs.store.impl.disable.cache");
    }
    assertThat(nights.model.resolve("published")).doesNotExist();
  }

  /**
   * A run that was stopped, and whose lock another has taken over meanwhile, writes under a name of
   * its own, and the number that it would publish under is taken before the other begins.
   */
  @Test
  void aStoppedDriverThatComesBackUndoesNothing() throws IOException {
    Nights nights = new Nights(directory, "stopped");
    nights.run(2, CHECKPOINTS, at(nights));
    String night = ClickDays.day(3).toString();
    RunRecord[] other = new RunRecord[1];
    TrainingListener stopped =
        new TrainingListener() {
          private int taken;

          @Override
          public void stepped(int epoch, int step, int of, long rows, double loss) {
            if (++taken == 7) {
              expireLock(nights.model.resolve("LOCK"));
              other[0] = nights.run(3, CHECKPOINTS, at(nights));
            }
          }
        };
    assertThatThrownBy(
            () -> nights.job(stopped, CHECKPOINTS, at(nights)).run(ClickDays.day(3), Nights.PLAIN))
        .isInstanceOf(LostLockException.class);
    assertThat(other[0].result()).isEqualTo(RunResult.PROMOTED);
    assertThat(other[0].name()).hasToString(night + ".2");
    assertThat(nights.live().name()).isEqualTo(night + ".2");
    assertThat(nights.digests(night + ".2")).isEqualTo(local.digests(night));
    assertThat(names(nights.model.resolve("runs")))
        .containsExactly(ClickDays.day(2).toString(), night + ".2", "index.html");
    assertThat(names(nights.model.resolve("published")))
        .containsExactly("000001.json", "000002.json", "000003.json");
    assertThat(nights.rollback().run(Optional.empty()).name())
        .isEqualTo(ClickDays.day(2).toString());
  }

  /**
   * The other driver acts between this driver's check of its lock and its check of the model's
   * path.
   */
  @Test
  void aDriverThatMeetsFilesOfTheOneThatHasItsLockIsToldOfTheLock() throws IOException {
    Nights nights = new Nights(directory, "met");
    nights.run(2, at(nights));
    Path place = nights.model.resolve("models/" + ClickDays.day(3));
    ObjectStore.onNextLookAt(
        place,
        () -> {
          TakenLock.takeOver(nights.model.resolve("LOCK"));
          writeNotes(place);
        });
    assertThatThrownBy(() -> nights.run(3, at(nights)))
        .isInstanceOf(LostLockException.class)
        .hasMessageStartingWith("lost the lock store:" + nights.model + "/LOCK: it is held by ")
        .extracting(lost -> List.of(lost.getSuppressed()))
        .asString()
        .contains(place + " holds other files; only a model can be overwritten");
    assertThat(place.resolve("notes.txt")).exists();
    assertThat(nights.live().name()).isEqualTo(ClickDays.day(2).toString());
  }

  private static void writeNotes(Path directory) {
    try {
      Files.writeString(Files.createDirectories(directory).resolve("notes.txt"), "mine");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The previous holder may still come back; the next run knows this only if it has to take the
   * lock over.
   */
  @Test
  void aTakeoverThatFailsDoesNotFreeTheLock() throws IOException {
    Nights nights = new Nights(directory, "takeover");
    nights.run(2, CHECKPOINTS, at(nights));
    Path lock = nights.model.resolve("LOCK");
    RunLock.acquire(
            FileSystem.getLocal(new Configuration(false)),
            new org.apache.hadoop.fs.Path(lock.toUri()),
            new Owner("alice", "elsewhere", "", 5, "", Instant.EPOCH, "application_1"),
            Duration.ofMinutes(1),
            Clock.offset(Nights.CLOCK, Duration.ofHours(-1)))
        .abandon();
    Path damaged = nights.model.resolve("published/000002.json");
    Files.writeString(damaged, "{");
    assertThatThrownBy(() -> nights.run(3, CHECKPOINTS, at(nights)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("000002.json is damaged");
    Files.delete(damaged);
    assertThatThrownBy(() -> nights.run(3, CHECKPOINTS, at(nights)))
        .isInstanceOf(LockedException.class);
    expireLock(lock);
    assertThat(nights.run(3, CHECKPOINTS, at(nights)).result()).isEqualTo(RunResult.PROMOTED);
    assertThat(names(nights.model.resolve("published")))
        .containsExactly("000001.json", "000002.json", "000003.json");
  }

  /** Sets the end of a lock to the past, as if its holder had not been able to renew it. */
  private static void expireLock(Path lock) {
    try {
      for (String name : names(lock)) {
        Path file = lock.resolve(name);
        var json = new ObjectMapper().readTree(file.toFile());
        ((ObjectNode) json).put("expires", Nights.CLOCK.instant().toString());
        Files.writeString(file, json.toString());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
