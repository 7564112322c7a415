package io.destine.spark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunLockTest {
  private static final Duration LEASE = Duration.ofHours(1);
  private static final Duration MOMENT = Duration.ofMillis(1);
  private static final Instant START = Instant.parse("2026-03-01T02:00:00Z");
  private static final Owner SELF = Owner.ofThisProcess("application_7");

  @TempDir java.nio.file.Path temporary;
  private final HandClock clock = new HandClock(START);

  @Test
  void aSecondRunIsToldWhoHoldsTheLockAndHowThatEnds() {
    try (RunLock lock = acquire()) {
      clock.now = START.plus(Duration.ofMinutes(20));
      lock.renew();
      assertThatThrownBy(this::acquire)
          .isInstanceOf(LockedException.class)
          .hasMessage(
              "another run is active: lock file:"
                  + file()
                  + " is held by "
                  + SELF.user()
                  + " on "
                  + SELF.host()
                  + " (pid "
                  + ProcessHandle.current().pid()
                  + ", application_7) since 2026-03-01T02:00:00Z, renewed at 2026-03-01T02:20:00Z;"
                  + " it expires at 2026-03-01T03:20:00Z unless renewed");
      lock.requireHeld();
    }
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void aLockOfALiveProcessIsTakenOverWhenItExpiresNotBefore() {
    RunLock first = acquire();
    clock.now = START.plus(LEASE).minus(MOMENT);
    first.requireHeld();
    assertThatThrownBy(this::acquire).isInstanceOf(LockedException.class);
    clock.now = START.plus(LEASE);
    try (RunLock second = acquire()) {
      second.requireHeld();
      assertThatThrownBy(first::requireHeld)
          .isInstanceOf(LostLockException.class)
          .hasMessageStartingWith("lost the lock file:" + file() + ": it is held by ")
          .hasMessageContaining("since 2026-03-01T03:00:00Z");
      first.renew();
      first.close();
      second.requireHeld();
    }
    assertThat(file()).doesNotExist();
  }

  @Test
  void aRenewalExtendsTheLease() {
    try (RunLock lock = acquire()) {
      for (int i = 1; i <= 8; i++) {
        clock.now = START.plus(LEASE.multipliedBy(i).dividedBy(2));
        lock.renew();
        lock.requireHeld();
      }
      clock.now = START.plus(LEASE.multipliedBy(5)).minus(MOMENT);
      assertThatThrownBy(this::acquire)
          .isInstanceOf(LockedException.class)
          .hasMessageContaining("since 2026-03-01T02:00:00Z, renewed at 2026-03-01T06:00:00Z");
    }
  }

  @Test
  void theHolderRenewsByItself() throws Exception {
    try (RunLock lock = RunLock.acquire(local(), path(), SELF, Duration.ofMillis(200), clock)) {
      clock.now = START.plusMillis(100);
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (!record().renewed().equals(clock.now) && System.nanoTime() < end) {
        Thread.sleep(5);
      }
      assertThat(record().renewed()).isEqualTo(clock.now);
      assertThat(record().expires()).isEqualTo(START.plusMillis(300));
      lock.requireHeld();
    }
  }

  @Test
  void aHolderThatOversleptItsLeaseHoldsOnWhenNobodyCame() throws IOException {
    try (RunLock lock = acquire()) {
      clock.now = START.plus(LEASE.multipliedBy(3));
      lock.requireHeld();
      assertThat(record().expires()).isEqualTo(START.plus(LEASE.multipliedBy(4)));
      assertThatThrownBy(this::acquire).isInstanceOf(LockedException.class);
      clock.now = START.plus(LEASE.multipliedBy(9));
    }
    assertThat(file()).doesNotExist();
  }

  @Test
  void theLockOfAProcessThatHasEndedOnThisMachineIsFreeAtOnce() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    write(owner(SELF.host(), SELF.pidSpace(), ended.pid(), Instant.now()));
    acquire().close();
    Instant before = SELF.processStart().minus(Duration.ofHours(1));
    write(owner(SELF.host(), SELF.pidSpace(), SELF.pid(), before));
    acquire().close();
  }

  @Test
  void aProcessOfAnotherMachineOrContainerIsNotJudgedByItsNumber() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    write(owner("elsewhere", SELF.pidSpace(), ended.pid(), Instant.now()));
    assertThatThrownBy(this::acquire).isInstanceOf(LockedException.class);
    write(owner(SELF.host(), "another boot", ended.pid(), Instant.now()));
    assertThatThrownBy(this::acquire).isInstanceOf(LockedException.class);
    write(owner(SELF.host(), SELF.pidSpace(), SELF.pid(), SELF.processStart().plusSeconds(2)));
    assertThatThrownBy(this::acquire).isInstanceOf(LockedException.class);
  }

  @Test
  void aProcessHasNotEndedWhenTheClockIsSet() throws IOException {
    Instant before = SELF.processStart().minus(Duration.ofHours(1));
    write(startedAt(SELF.processTicks(), before));
    assertThatThrownBy(this::acquire).isInstanceOf(LockedException.class);
    write(startedAt("1", SELF.processStart()));
    acquire().close();
  }

  private static Owner startedAt(String ticks, Instant start) {
    return new Owner(
        "alice", SELF.host(), SELF.pidSpace(), SELF.pid(), ticks, start, "application_1");
  }

  @Test
  void aLockFileThatIsGoneOrAnotherRunsIsFoundAndLeftAlone() throws IOException {
    RunLock lock = acquire();
    Files.delete(file().resolve("000001.json"));
    lock.renew();
    assertThat(file()).doesNotExist();
    assertThatThrownBy(lock::requireHeld)
        .isInstanceOf(LostLockException.class)
        .hasMessageContaining("its file is gone");
    RunLock robbed = acquire();
    write(owner("elsewhere", "", 5, Instant.EPOCH));
    String others = Files.readString(file().resolve("000099.json"));
    assertThatThrownBy(robbed::requireHeld)
        .isInstanceOf(LostLockException.class)
        .hasMessageContaining("it is held by alice on elsewhere (pid 5, application_1) since ");
    robbed.renew();
    robbed.close();
    lock.close();
    assertThat(file().resolve("000099.json")).hasContent(others.strip());
    assertThatThrownBy(robbed::requireHeld)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageEndingWith("must not be closed yet");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{\"id\":", "[]", "null", "{}", "{\"id\": 5}", "not JSON"})
  void anUnreadableLockCountsAsHeldForALease(String text) throws IOException {
    write(text);
    clock.now = START.plus(LEASE).minus(MOMENT);
    assertThatThrownBy(this::acquire)
        .isInstanceOf(LockedException.class)
        .hasMessage(
            "lock file:"
                + file()
                + " cannot be read: it has been damaged since"
                + " 2026-03-01T02:00:00Z; it counts as held until 2026-03-01T03:00:00Z");
    clock.now = START.plus(LEASE);
    acquire().close();
  }

  @Test
  void everyPartOfALockIsNeededToReadIt() {
    LockRecord record = LockRecord.acquired(SELF, LEASE, START);
    String text = record.text();
    assertThat(LockRecord.parse(text)).contains(record);
    for (int length = 0; length < text.length() - 1; length++) {
      assertThat(LockRecord.parse(text.substring(0, length))).isEmpty();
    }
    assertThat(LockRecord.parse(text + text)).isEmpty();
  }

  @Test
  void whatStorageDoesNotTellIsNotTakenForHeld() throws IOException {
    RunLock lock = acquire();
    Files.createDirectories(file().resolve("000002.json"));
    assertThatThrownBy(lock::requireHeld)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("Cannot read file:" + file());
  }

  @Test
  void whatKilledCreatorsLeftGoesAfterALease() throws IOException {
    RunLock lock = acquire();
    for (String name : List.of(".000001.json.claim-1", ".000001.json.claim-2", "mine.json")) {
      Files.writeString(file().resolve(name), "");
      Files.setLastModifiedTime(file().resolve(name), FileTime.from(START.minus(LEASE)));
    }
    Files.setLastModifiedTime(
        file().resolve(".000001.json.claim-2"), FileTime.from(START.minus(MOMENT)));
    clock.now = START.plus(MOMENT);
    lock.close();
    assertThat(Stream.of(file().toFile().list()))
        .containsExactlyInAnyOrder(".000001.json.claim-2", "mine.json");
  }

  @Test
  void onlyALockThatWasNotGivenUpIsTakenOver() {
    try (RunLock first = acquire()) {
      assertThat(first.takenOver()).isFalse();
    }
    RunLock abandoned = acquire();
    assertThat(abandoned.takenOver()).isFalse();
    clock.now = START.plus(LEASE);
    try (RunLock second = acquire()) {
      assertThat(second.takenOver()).isTrue();
    }
    abandoned.close();
  }

  @Test
  void anAbandonedLockIsNoFreeOne() {
    RunLock abandoned = acquire();
    abandoned.abandon();
    abandoned.close();
    assertThatThrownBy(this::acquire).isInstanceOf(LockedException.class);
    clock.now = START.plus(LEASE);
    try (RunLock second = acquire()) {
      assertThat(second.takenOver()).isTrue();
    }
  }

  @Test
  void aContenderThatWasHeldUpDoesNotTakeALockThatHasBegunAnew() {
    RunLock first = acquire();
    RecordLog log = new RecordLog(local(), path());
    Optional<RecordLog.Entry> seen = log.last();
    first.close();
    try (RunLock second = acquire()) {
      assertThat(log.append(seen, "what the contender writes after all")).isFalse();
      second.requireHeld();
      assertThat(log.highest()).isEqualTo(1);
    }
  }

  @Test
  void aLateReleaseLeavesALockThatHasBegunAnew() {
    RunLock first = acquire();
    clock.now = START.plus(LEASE);
    acquire().close();
    try (RunLock third = acquire()) {
      first.close();
      third.requireHeld();
    }
  }

  @Test
  void aLeaseOfNothingIsRefused() {
    assertThatThrownBy(() -> RunLock.acquire(local(), path(), SELF, Duration.ZERO, clock))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("file:" + file() + ": lease must be at least a millisecond, got PT0S");
  }

  private RunLock acquire() {
    return RunLock.acquire(local(), path(), SELF, LEASE, clock);
  }

  private void write(Owner owner) throws IOException {
    write(LockRecord.acquired(owner, LEASE, START).text());
  }

  /** Writes a later number of the lock, as another program would. */
  private void write(String text) throws IOException {
    Files.createDirectories(file());
    Files.writeString(file().resolve("000099.json"), text);
    Files.setLastModifiedTime(file().resolve("000099.json"), FileTime.from(START));
  }

  private LockRecord record() {
    return LockRecord.parse(new RecordLog(local(), path()).last().orElseThrow().text())
        .orElseThrow();
  }

  private static Owner owner(String host, String pidSpace, long pid, Instant start) {
    return new Owner("alice", host, pidSpace, pid, "", start, "application_1");
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
