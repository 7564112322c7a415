package io.destine.spark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputLockTest {
  private static final Owner SELF = Owner.ofThisProcess("application_7");
  private static final Duration LEASE = Duration.ofHours(1);

  @TempDir java.nio.file.Path temporary;

  @Test
  void onADiskWithoutHardLinksAWarningTakesThePlaceOfTheLock() throws IOException {
    List<String> log = new ArrayList<>();
    Path model = new Path("file:" + temporary + "/model");
    CanonicalPath output = new CanonicalPath(new LinklessDisk(), model);
    try (OutputLock.Held held = new OutputLock(output, SELF, LEASE, log::add).acquire()) {
      held.requireHeld();
    }
    assertThat(log)
        .containsExactly(
            "warning: a disk without hard links cannot hold a lock; make sure that no other run"
                + " writes "
                + model);
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void aRunThatCannotDoWithoutALockIsToldWhyThereIsNone() throws IOException {
    LinklessDisk disk = new LinklessDisk();
    Path lock = new Path("file:" + temporary + "/LOCK");
    assertThatThrownBy(() -> RunLock.acquire(disk, lock, SELF, LEASE, Clock.systemUTC()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            lock + ": this file system does not support hard links, which locks need; ");
    assertThat(temporary).isEmptyDirectory();
  }
}
