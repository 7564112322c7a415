package io.destine.spark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordLogTest {
  private static final int WRITERS = 4;
  private static final int ROUNDS = 60;

  @TempDir java.nio.file.Path temporary;

  private static FileSystem fileSystem(String scheme) throws IOException {
    return scheme.equals("file") ? FileSystem.getLocal(new Configuration(false)) : ObjectStore.of();
  }

  private RecordLog log(FileSystem fileSystem) {
    return new RecordLog(
        fileSystem, new Path(fileSystem.getUri().getScheme() + ":" + temporary + "/log"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "store"})
  void theHighestNumberCounts(String scheme) throws IOException {
    RecordLog log = log(fileSystem(scheme));
    log.require();
    assertThat(log.last()).isEmpty();
    for (int number = 1; number <= 12; number++) {
      assertThat(log.append(number - 1, "text " + number)).isTrue();
      assertThat(log.last().orElseThrow().text()).isEqualTo("text " + number);
    }
    log.removeBelow(11);
    assertThat(names()).containsExactly("000011.json", "000012.json");
    assertThat(log.highest()).isEqualTo(12);
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "store"})
  void whoeverHasMissedANumberAppendsNothing(String scheme) throws IOException {
    RecordLog log = log(fileSystem(scheme));
    for (int number = 1; number <= 5; number++) {
      log.append(number - 1, "text " + number);
    }
    assertThat(log.append(3, "late")).isFalse();
    log.removeBelow(5);
    assertThat(log.append(3, "late")).isFalse();
    assertThat(log.append(2, "late")).isFalse();
    assertThat(log.append(0, "late")).isFalse();
    assertThat(names()).containsExactly("000005.json");
    assertThat(log.last().orElseThrow().text()).isEqualTo("text 5");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "store"})
  void aLogThatWasClearedAndBegunAnewIsAnotherOne(String scheme) throws IOException {
    RecordLog log = log(fileSystem(scheme));
    log.append(Optional.empty(), "first");
    Optional<RecordLog.Entry> seen = log.last();
    log.clear(1, Instant.EPOCH);
    assertThat(temporary.resolve("log")).doesNotExist();
    assertThat(log.append(seen, "late")).isFalse();
    assertThat(log.last()).isEmpty();
    log.append(Optional.empty(), "second");
    assertThat(log.append(seen, "late")).isFalse();
    assertThat(log.append(log.last(), "third")).isTrue();
    log.clear(1, Instant.EPOCH);
    assertThat(log.last().orElseThrow().text()).isEqualTo("third");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "store"})
  void ofWritersAfterOneNumberOneSucceeds(String scheme) throws Exception {
    FileSystem fileSystem = fileSystem(scheme);
    ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    try {
      CyclicBarrier start = new CyclicBarrier(WRITERS);
      for (int round = 0; round < ROUNDS; round++) {
        int after = round;
        List<Callable<Boolean>> writers = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
          String text = round + " by " + writer;
          writers.add(
              () -> {
                start.await();
                return log(fileSystem).append(after, text);
              });
        }
        int succeeded = 0;
        for (Future<Boolean> writer : threads.invokeAll(writers)) {
          succeeded += writer.get() ? 1 : 0;
        }
        assertThat(succeeded).as("round " + round).isEqualTo(1);
      }
      assertThat(log(fileSystem).highest()).isEqualTo(ROUNDS);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aWriteWhoseAnswerWasLostIsKnownAgainAndThatOfAnotherIsNot() throws IOException {
    RecordLog log = log(ObjectStore.of("store.loses"));
    assertThat(log.append(0, "mine")).isTrue();
    assertThat(log.append(0, "another's")).isFalse();
    assertThat(log.last().orElseThrow().text()).isEqualTo("mine");
  }

  @Test
  void aLockFileOfVersion01IsNamed() throws IOException {
    Files.writeString(temporary.resolve("log"), "{}");
    assertThatThrownBy(log(fileSystem("file"))::require)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("file:" + temporary + "/log is a file, as version 0.1 wrote it");
  }

  @Test
  void aStoreThatIgnoresConditionsIsFoundOut() throws IOException {
    RecordLog log = log(ObjectStore.of("store.ignores"));
    assertThatThrownBy(log::require)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "store:" + temporary + "/log: this object store ignores the header");
    assertThat(names()).isEmpty();
  }

  private List<String> names() throws IOException {
    try (Stream<java.nio.file.Path> files = Files.list(temporary.resolve("log"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
