package io.destine.spark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.testing.Full;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AtomicFileTest {
  private static final int REPLACEMENTS =
      Full.Tier.size("replacements of AtomicFileTest", 600, 200);
  private static final int LINES = 3000;

  @TempDir java.nio.file.Path temporary;

  @Test
  void readsWhatWasWrittenLastAndNothingBefore() throws IOException {
    AtomicFile file = new AtomicFile(checksummed(), path("not yet/there/state.json"));
    assertThat(file.read()).isEmpty();
    file.replace("{\"a\": \"\u00e4\u20ac\"}\n");
    assertThat(file.read()).contains("{\"a\": \"\u00e4\u20ac\"}\n");
    file.replace("");
    assertThat(file.read()).contains("");
    assertThat(names("not yet/there")).containsExactly("state.json");
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void aFaultAtAnyOperationLeavesTheOldOrTheNewTextAndTheNextReplacementSucceeds(
      boolean replacing, boolean killed) throws IOException {
    Set<Optional<String>> seen = new HashSet<>();
    Optional<String> before = replacing ? Optional.of("old text") : Optional.empty();
    int n = 1;
    for (boolean failed = true; failed; n++) {
      Path path = path("t" + n + "/state");
      before.ifPresent(text -> new AtomicFile(raw(), path).replace(text));
      FaultyFileSystem faulty = new FaultyFileSystem(n, killed);
      try {
        new AtomicFile(faulty, path).replace("new text");
      } catch (UncheckedIOException e) {
        assertThat(e).hasMessageContaining(path.getParent().toUri().getPath());
        assertThat(e).hasMessageContaining("injected fault");
      }
      failed = faulty.failed();
      Optional<String> after = new AtomicFile(raw(), path).read();
      assertThat(after).as("fault at " + n).isIn(before, Optional.of("new text"));
      seen.add(after);
      new AtomicFile(raw(), path).replace("next");
      assertThat(new AtomicFile(raw(), path).read()).contains("next");
      assertThat(names("t" + n)).containsExactly("state");
    }
    assertThat(n).isGreaterThan(8);
    assertThat(seen).containsExactlyInAnyOrder(before, Optional.of("new text"));
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void aReaderDuringReplacementsSeesWholeTextsOnly(boolean plain) throws Exception {
    FileSystem fileSystem = plain ? raw() : checksummed();
    Path path = path("busy-" + plain);
    new AtomicFile(fileSystem, path).replace(text(0));
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 1; i <= REPLACEMENTS; i++) {
                new AtomicFile(fileSystem, path).replace(text(i));
              }
            });
    int last = 0;
    int changes = 0;
    while (!writer.isDone()) {
      String seen = new AtomicFile(fileSystem, path).read().orElseThrow();
      int i = Integer.parseInt(seen.substring(0, seen.indexOf('\n')));
      assertThat(seen).isEqualTo(text(i));
      assertThat(i).isGreaterThanOrEqualTo(last);
      changes += i > last ? 1 : 0;
      last = i;
    }
    writer.get();
    assertThat(changes).isGreaterThan(20);
  }

  private static String text(int i) {
    return (i + "\n").repeat(LINES);
  }

  @Test
  void aChecksumFileOfAnEarlierWriterDoesNotCondemnTheNewText() throws IOException {
    Path path = path("state");
    try (var out = checksummed().create(path)) {
      out.write(1);
    }
    assertThat(names(".")).containsExactlyInAnyOrder("state", ".state.crc");
    new AtomicFile(checksummed(), path).replace("new text");
    try (var in = checksummed().open(path)) {
      assertThat(in.readAllBytes()).asString().isEqualTo("new text");
    }
    assertThat(names(".")).containsExactly("state");
  }

  @Test
  void siblingsOfKilledWritersGoAndThoseOfOtherFilesStay() throws IOException {
    String random = ".new-" + UUID.randomUUID();
    Files.writeString(temporary.resolve(".state" + random), "half a te");
    Files.writeString(temporary.resolve(".state.newer"), "another file");
    Files.writeString(temporary.resolve(".state.new-notes"), "a file of the user");
    Files.writeString(temporary.resolve(".state2" + random), "another file's");
    new AtomicFile(raw(), path("state")).replace("text");
    assertThat(names("."))
        .containsExactlyInAnyOrder("state", ".state.newer", ".state.new-notes", ".state2" + random);
  }

  @Test
  void aDirectoryInTheWayIsAFailureThatNamesIt() throws IOException {
    Files.createDirectories(temporary.resolve("state/full"));
    for (FileSystem fileSystem : new FileSystem[] {raw(), checksummed()}) {
      assertThatThrownBy(() -> new AtomicFile(fileSystem, path("state")).replace("text"))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("Cannot replace file:" + temporary.resolve("state"));
    }
    assertThat(temporary.resolve("state/full")).isDirectory();
    assertThat(names(".")).containsExactly("state");
  }

  @Test
  void aFileSystemThatCannotReplaceInOneStepIsRefused() {
    FileSystem bucket =
        new RawLocalFileSystem() {
          @Override
          public URI getUri() {
            return URI.create("s3a://bucket");
          }
        };
    assertThatThrownBy(() -> new AtomicFile(bucket, new Path("s3a://bucket/state")).replace("text"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "s3a://bucket/state: s3a storage can neither replace a file atomically nor create one"
                + " only if it is absent; file, hdfs, webhdfs, swebhdfs and viewfs"
                + " can, and s3a from Hadoop 3.4.2 on, which comes with Spark 4.1 and later");
  }

  private Path path(String name) {
    return new Path(temporary.resolve(name).toUri());
  }

  private Stream<String> names(String directory) throws IOException {
    return Stream.of(temporary.resolve(directory).toFile().list());
  }

  private static FileSystem raw() {
    return ((org.apache.hadoop.fs.LocalFileSystem) checksummed()).getRaw();
  }

  private static FileSystem checksummed() {
    try {
      return FileSystem.getLocal(new Configuration(false));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
