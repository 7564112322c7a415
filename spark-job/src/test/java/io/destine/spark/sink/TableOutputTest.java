package io.destine.spark.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.spark.CreationFileSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Storage whose rename of a directory copies its files, in the order of their names. */
class TableOutputTest {
  private static final List<String> PARTS = List.of("part-0", "part-1", "part-2");

  /** Parts, Spark's mark and the marker. */
  private static final int FILES = PARTS.size() + 2;

  private static final AtomicInteger COPIES_LEFT = new AtomicInteger();

  @TempDir Path directory;
  private Path fresh;

  /** As for S3A, the sources are deleted when all files have been copied. */
  public static final class Copying extends CreationFileSystem {
    /** Called by Hadoop. */
    public Copying() {
      super("copying");
    }

    @Override
    protected void beforeCreating(org.apache.hadoop.fs.Path path) {}

    @Override
    public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to)
        throws IOException {
      Path target = Files.createDirectory(Path.of(to.toUri().getPath()));
      for (Path file : files(Path.of(from.toUri().getPath()))) {
        if (COPIES_LEFT.getAndDecrement() <= 0) {
          throw new IOException("503 Slow Down");
        }
        Files.copy(file, target.resolve(file.getFileName()));
      }
      return delete(from, true);
    }
  }

  @BeforeEach
  void copyAll() {
    COPIES_LEFT.set(Integer.MAX_VALUE);
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  /** The hidden directory whose name ends so, and is none of some others. */
  private Path hidden(String end, List<Path> others) throws IOException {
    return files(directory).stream()
        .filter(path -> path.getFileName().toString().matches("\\.scored\\.\\w{8}\\." + end))
        .filter(path -> !others.contains(path))
        .findFirst()
        .orElseThrow();
  }

  /** An output to which a table of one text has been written, in the directory fresh. */
  private TableOutput written(String text, boolean overwrite) throws IOException {
    Configuration hadoop = new Configuration();
    hadoop.setClass("fs.copying.impl", Copying.class, Copying.class);
    TableOutput output =
        new TableOutput(
            hadoop,
            TableOutput.Kind.PREDICTIONS,
            "copying:" + directory.resolve("scored"),
            overwrite);
    List<Path> before = files(directory);
    output.begin(line -> {});
    fresh = hidden("new", before);
    for (String part : PARTS) {
      Files.writeString(fresh.resolve(part), text);
    }
    Files.createFile(fresh.resolve("_SUCCESS"));
    return output;
  }

  private static void commit(TableOutput output) {
    try (output) {
      output.commit(new ObjectMapper().createObjectNode().put("rows", 3));
    }
  }

  private static void assertHolds(Path table, String text) {
    assertThat(PARTS).allSatisfy(part -> assertThat(table.resolve(part)).hasContent(text));
  }

  @Test
  void aTableThatIsCopiedIntoPlaceIsDeclaredComplete() throws IOException {
    commit(written("earlier", false));
    commit(written("new", true));
    Path scored = directory.resolve("scored");
    assertHolds(scored, "new");
    assertThat(scored.resolve("_SUCCESS")).exists();
    assertThat(Files.readString(scored.resolve("_destine.json")))
        .contains("\"rows\" : 3")
        .doesNotContain("unfinished");
    assertThat(files(directory)).containsExactly(scored);
  }

  @Test
  void aCopyThatStopsHalfwayIsNotDeclaredCompleteAndLosesNothing() throws IOException {
    commit(written("earlier", false));
    TableOutput output = written("new", true);
    Path kept = fresh;
    COPIES_LEFT.set(FILES + 2);
    assertThatThrownBy(() -> commit(output))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("503 Slow Down; nothing is lost: the new output is in")
        .hasMessageContaining(kept.toString())
        .hasMessageContaining(", the earlier one in copying:" + hidden("old", List.of()));
    Path scored = directory.resolve("scored");
    assertThat(files(scored))
        .containsExactly(scored.resolve("_destine.json"), scored.resolve("part-0"));
    assertThat(Files.readString(scored.resolve("_destine.json"))).contains("unfinished");
    assertHolds(kept, "new");
    assertHolds(hidden("old", List.of()), "earlier");

    COPIES_LEFT.set(Integer.MAX_VALUE);
    commit(written("next", true));
    assertHolds(scored, "next");
    assertHolds(kept, "new");
  }

  @Test
  void aTableWhoseEarlierOneIsNotMovedStays() throws IOException {
    commit(written("earlier", false));
    TableOutput output = written("new", true);
    COPIES_LEFT.set(1);
    assertThatThrownBy(() -> commit(output))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("the new output is in copying:" + fresh);
    assertHolds(fresh, "new");
    assertHolds(directory.resolve("scored"), "earlier");
  }
}
