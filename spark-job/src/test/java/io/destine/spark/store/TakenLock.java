package io.destine.spark.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/** Locks that runs lose: taken over by another, or left behind by a machine that is gone. */
public final class TakenLock {
  private TakenLock() {}

  /** Writes a lock that a run elsewhere has held and not renewed for an hour. */
  public static void leaveExpired(Path lock) throws IOException {
    RunLock.acquire(
            FileSystem.getLocal(new Configuration(false)),
            new org.apache.hadoop.fs.Path(lock.toUri()),
            new Owner("alice", "elsewhere", "", 5, "", Instant.EPOCH, "application_1"),
            Duration.ofMinutes(1),
            Clock.offset(Clock.systemUTC(), Duration.ofHours(-1)))
        .abandon();
  }

  /** Writes the next number of a lock in the name of another run. */
  public static void takeOver(Path lock) {
    try (Stream<Path> files = Files.list(lock)) {
      Path newest =
          files
              .filter(file -> file.toString().endsWith(".json"))
              .sorted()
              .reduce((a, b) -> b)
              .get();
      String name = newest.getFileName().toString();
      long number = Long.parseLong(name.substring(0, name.indexOf('.')));
      Files.writeString(
          lock.resolve("%06d.json".formatted(number + 1)),
          Files.readString(newest).replaceAll("\"id\":\"[^\"]*\"", "\"id\":\"another run\""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
