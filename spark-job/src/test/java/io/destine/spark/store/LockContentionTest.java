package io.destine.spark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contenders in threads, and storage that fails at any operation. */
class LockContentionTest {
  private static final Duration LEASE = Duration.ofHours(1);
  private static final Instant START = Instant.parse("2026-03-01T02:00:00Z");
  private static final Owner SELF = Owner.ofThisProcess("application_7");
  private static final Owner ELSEWHERE =
      new Owner("alice", "elsewhere", "", 5, "", Instant.EPOCH, "application_1");
  private static final int ROUNDS = 150;
  private static final int CONTENDERS = 4;

  @TempDir java.nio.file.Path temporary;
  private final HandClock clock = new HandClock(START);

  @Test
  void ofContendersForAFreeOrAnExpiredLockOneSucceeds() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CONTENDERS);
    try {
      CyclicBarrier start = new CyclicBarrier(CONTENDERS);
      for (int round = 0; round < ROUNDS; round++) {
        if (round % 3 > 0) {
          writeOfElsewhere();
          clock.now = START.plus(LEASE);
        }
        List<Callable<List<RunLock>>> contenders = new ArrayList<>();
        for (int i = 0; i < CONTENDERS; i++) {
          contenders.add(
              () -> {
                start.await();
                try {
                  return List.of(acquire());
                } catch (LockedException e) {
                  return List.of();
                }
              });
        }
        List<RunLock> held = new ArrayList<>();
        for (Future<List<RunLock>> contender : threads.invokeAll(contenders)) {
          held.addAll(contender.get());
        }
        assertThat(held).as("round " + round).hasSize(1);
        held.get(0).requireHeld();
        held.get(0).close();
        assertThat(file()).doesNotExist();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStorageFaultWhileAcquiringNeverGivesTwoHolders(boolean killed) throws IOException {
    int n = 1;
    for (boolean failed = true; failed; n++) {
      failed = false;
      for (boolean expired : new boolean[] {true, false}) {
        clock.now = START.plus(expired ? LEASE : LEASE.dividedBy(2));
        writeOfElsewhere();
        FaultyFileSystem faulty = new FaultyFileSystem(n, killed);
        List<RunLock> held = new ArrayList<>();
        try {
          held.add(RunLock.acquire(faulty, path(), SELF, LEASE, clock));
        } catch (UncheckedIOException e) {
          assertThat(e).hasMessageContaining("injected fault").hasMessageContaining(file() + "");
        } catch (LockedException e) {
          assertThat(expired).isFalse();
        }
        failed |= faulty.failed();
        assertThat(held.isEmpty() || expired).isTrue();
        if (!held.isEmpty()) {
          assertThatThrownBy(this::acquire).isInstanceOf(LockedException.class);
        }
        held.forEach(RunLock::close);
        clock.now = START.plus(LEASE.multipliedBy(3));
        acquire().close();
        assertThat(new RecordLog(local(), path()).highest()).isZero();
      }
    }
    assertThat(n).isGreaterThan(9);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStorageFaultWhileRenewingOrClosingLosesNoLock(boolean killed) throws IOException {
    int n = 1;
    for (boolean failed = true; failed; n++) {
      FaultyFileSystem faulty = new FaultyFileSystem(n, killed);
      clock.now = START;
      try (RunLock lock = RunLock.acquire(faulty, path(), SELF, LEASE, clock)) {
        clock.now = START.plus(LEASE.dividedBy(2));
        lock.renew();
        assertThatThrownBy(this::acquire).isInstanceOf(LockedException.class);
        if (!killed) {
          lock.renew();
          lock.requireHeld();
          clock.now = START.plus(LEASE);
          assertThatThrownBy(this::acquire).isInstanceOf(LockedException.class);
        }
      } catch (UncheckedIOException e) {
        assertThat(e).hasMessageContaining("injected fault");
      }
      failed = faulty.failed();
      clock.now = START.plus(LEASE.multipliedBy(3));
      acquire().close();
      assertThat(new RecordLog(local(), path()).highest()).isZero();
    }
    assertThat(n).isGreaterThan(15);
  }

  private RunLock acquire() {
    return RunLock.acquire(local(), path(), SELF, LEASE, clock);
  }

  private void writeOfElsewhere() throws IOException {
    Files.createDirectories(file());
    Files.writeString(
        file().resolve("000001.json"), LockRecord.acquired(ELSEWHERE, LEASE, START).text());
  }

  private java.nio.file.Path file() {
    return temporary.resolve("nightly.lock");
  }

  private Path path() {
    return new Path(file().toUri());
  }

  private static FileSystem local() {
    try {
      return FileSystem.getLocal(new Configuration(false));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
