package io.destine.spark.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A lock that another run has taken over, as its holder finds it when it looks next. */
public final class TakenLock {
  private TakenLock() {}

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
