package io.destine.spark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.artifact.ModelFormatException;
import io.destine.testing.Full;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WriteOncePublicationTest {
  private static final int OLD = 1;
  private static final int NEW = 2;
  private static final int NEXT = 3;

  @TempDir java.nio.file.Path temporary;

  private Path target(String name) {
    return new Path(temporary.resolve(name).resolve("model").toUri());
  }

  private static FileSystem sound() throws IOException {
    return new FaultyFileSystem(Integer.MAX_VALUE, false);
  }

  private static void publish(FileSystem fileSystem, Path target, int mark) {
    ModelPublication.once(fileSystem, target, Fence.NONE)
        .publish(directory -> TinyModel.write(directory, mark));
  }

  private static List<Path> siblings(Path target) throws IOException {
    try (Stream<java.nio.file.Path> files =
        Files.list(java.nio.file.Path.of(target.getParent().toUri()))) {
      return files.map(file -> new Path(file.toUri())).toList();
    }
  }

  /** The marks of all models that are whole, at the target or beside it. */
  private static Set<Integer> whole(Path target) throws IOException {
    Set<Integer> marks = new HashSet<>();
    for (Path sibling : siblings(target)) {
      try {
        marks.add(new PublishedModel(sound(), sibling).read(TinyModel::mark));
      } catch (ModelFormatException e) {
        assertThat(e).as(sibling.toString()).isNotNull();
      }
    }
    return marks;
  }

  @Full
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFaultAtAnyOperationLeavesTheOldOrTheNewModelWhole(boolean killed) throws IOException {
    Set<Set<Integer>> seen = new HashSet<>();
    int n = 1;
    for (boolean failed = true; failed; n++) {
      Path target = target("t" + n);
      publish(sound(), target, OLD);
      FaultyFileSystem faulty = new FaultyFileSystem(n, killed);
      try {
        publish(faulty, target, NEW);
      } catch (UncheckedIOException e) {
        assertThat(e).hasMessageContaining("injected fault");
      }
      failed = faulty.failed();
      Set<Integer> marks = whole(target);
      assertThat(marks).as("fault at " + n).isNotEmpty().isSubsetOf(OLD, NEW);
      seen.add(marks);
      publish(sound(), target, NEXT);
      publish(sound(), target, NEXT);
      assertThat(siblings(target)).as("fault at " + n).hasSize(1);
      assertThat(whole(target)).containsExactly(NEXT);
    }
    assertThat(n).isGreaterThan(30);
    assertThat(seen).contains(Set.of(OLD), Set.of(NEW));
  }

  @Test
  void aModelThatReadsBackDifferentlyReplacesNone() throws IOException {
    Path target = target("broken");
    publish(sound(), target, OLD);
    assertThatThrownBy(
            () ->
                ModelPublication.once(sound(), target, Fence.NONE)
                    .publish(
                        directory -> {
                          TinyModel.write(directory, NEW);
                          directory.write("dense.safetensors", "x");
                        }))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("dense.safetensors: length must be");
    assertThat(siblings(target)).hasSize(1);
    assertThat(whole(target)).containsExactly(OLD);
  }
}
