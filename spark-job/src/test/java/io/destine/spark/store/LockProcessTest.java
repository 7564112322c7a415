package io.destine.spark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.testing.Full;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Full
class LockProcessTest {
  @TempDir Path temporary;

  @Test
  void ofProcessesThatContendForTheLockOfAKilledOneOneSucceeds() throws Exception {
    Path lockFile = temporary.resolve("nightly.lock");
    try (LockContender killed = LockContender.start(lockFile);
        LockContender one = LockContender.start(lockFile);
        LockContender other = LockContender.start(lockFile)) {
      assertThat(List.of(killed.says(), one.says(), other.says())).containsOnly("ready");
      killed.go();
      assertThat(killed.says()).isEqualTo("held");
      assertThatThrownBy(() -> acquire(lockFile)).isInstanceOf(LockedException.class);
      killed.kill();
      one.go();
      other.go();
      List<String> said = List.of(one.says(), other.says());
      assertThat(said).containsOnlyOnce("held");
      assertThat(said).anyMatch(line -> line.contains("another run is active: lock "));
      one.kill();
      other.kill();
      acquire(lockFile).close();
      assertThat(lockFile).doesNotExist();
    }
  }

  private static RunLock acquire(Path lockFile) throws Exception {
    return RunLock.acquire(
        FileSystem.getLocal(new Configuration(false)),
        new org.apache.hadoop.fs.Path(lockFile.toUri()),
        Owner.ofThisProcess("test"),
        Duration.ofHours(1),
        Clock.systemUTC());
  }
}
