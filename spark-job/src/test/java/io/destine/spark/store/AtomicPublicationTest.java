package io.destine.spark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.artifact.ModelFormatException;
import io.destine.testing.Full;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AtomicPublicationTest {
  private static final int NONE = 0;
  private static final int OLD = 1;
  private static final int NEW = 2;
  private static final int NEXT = 3;
  private static final int LAST = 40;

  @TempDir java.nio.file.Path temporary;

  @Full(from = 3)
  @ParameterizedTest
  @CsvSource({"false, true", "false, false", "true, true", "true, false"})
  void aFaultAtAnyOperationLeavesTheOldOrTheNewModelAndTheNextRunSucceeds(
      boolean replacing, boolean killed) throws IOException {
    Set<Integer> seen = new HashSet<>();
    int n = 1;
    for (boolean failed = true; failed; n++) {
      Path target = target("t" + n);
      if (replacing) {
        publish(sound(), target, OLD);
      }
      FaultyFileSystem faulty = new FaultyFileSystem(n, killed);
      try {
        publish(faulty, target, NEW);
      } catch (UncheckedIOException e) {
        assertThat(e).hasMessageContaining(target.getParent().toUri().getPath());
        assertThat(e).hasMessageContaining("injected fault");
      }
      failed = faulty.failed();
      int mark = mark(sound(), target);
      assertThat(mark).as("fault at " + n).isIn(replacing ? OLD : NONE, NEW);
      seen.add(mark);
      publish(sound(), target, NEXT);
      assertThat(mark(sound(), target)).isEqualTo(NEXT);
      assertThat(siblings(target)).containsExactly(target.getName());
    }
    assertThat(n).isGreaterThan(30);
    assertThat(seen).containsExactlyInAnyOrder(replacing ? OLD : NONE, NEW);
  }

  @Full
  @Test
  void aSecondKillWhileRecoveringFromTheFirstIsRecoveredFromToo() throws IOException {
    int last = operations();
    for (int first = 1; first <= last + 1; first += first < last - 12 ? 11 : 1) {
      for (int second = 1; second <= 13; second += 2) {
        Path target = target("k" + first + "-" + second);
        publish(sound(), target, OLD);
        publishFaulty(new FaultyFileSystem(first, true), target, NEW);
        publishFaulty(new FaultyFileSystem(second, true), target, NEXT);
        assertThat(mark(sound(), target)).as(first + ", " + second).isIn(OLD, NEW);
        publish(sound(), target, NEXT);
        assertThat(mark(sound(), target)).isEqualTo(NEXT);
        assertThat(siblings(target)).containsExactly(target.getName());
      }
    }
  }

  private int operations() throws IOException {
    Path target = target("count");
    publish(sound(), target, OLD);
    int n = 1;
    while (publishFaulty(new FaultyFileSystem(n, true), target("count"), NEW)) {
      n++;
    }
    return n;
  }

  private static boolean publishFaulty(FaultyFileSystem faulty, Path target, int mark) {
    try {
      publish(faulty, target, mark);
    } catch (UncheckedIOException e) {
      assertThat(e).hasMessageContaining("injected fault");
    }
    return faulty.failed();
  }

  @Test
  void aReaderDuringReplacementsSeesWholeModelsOnly() throws Exception {
    Path target = target("busy");
    publish(sound(), target, 1);
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
            () -> {
              for (int mark = 2; mark <= LAST; mark++) {
                publish(sound(), target, mark);
              }
            });
    int last = 1;
    int reads = 0;
    while (!writer.isDone()) {
      int mark = new PublishedModel(sound(), target).read(TinyModel::mark);
      assertThat(mark).isGreaterThanOrEqualTo(last);
      last = mark;
      reads++;
    }
    writer.get();
    assertThat(reads).isGreaterThan(10);
    assertThat(mark(sound(), target)).isEqualTo(LAST);
  }

  @Test
  void theLocalFileSystemThatSparkUsesWithItsChecksumFilesServesToo() throws IOException {
    FileSystem local = FileSystem.getLocal(new Configuration(false));
    Path target = target("checksums");
    publish(local, target, OLD);
    publish(local, target, NEW);
    assertThat(mark(local, target)).isEqualTo(NEW);
    assertThat(local.exists(new Path(target, ".manifest.json.crc"))).isTrue();
    HadoopModelDirectory directory = new HadoopModelDirectory(local, target);
    assertThat(directory.list())
        .containsExactly(
            "dense.safetensors",
            "embedding-00001-of-00003.safetensors",
            "embedding-00002-of-00003.safetensors",
            "embedding-00003-of-00003.safetensors",
            "manifest.json",
            "manifest.sha256",
            "model.safetensors.index.json");
  }

  @Test
  void whatReadsBackDifferentlyIsNotPublished() throws IOException {
    Path target = target("broken");
    publish(sound(), target, OLD);
    assertThatThrownBy(
            () ->
                new AtomicPublication(sound(), target)
                    .publish(
                        directory -> {
                          TinyModel.write(directory, NEW);
                          overwrite(directory);
                        }))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("dense.safetensors: length must be");
    assertThat(mark(sound(), target)).isEqualTo(OLD);
  }

  private static void overwrite(HadoopModelDirectory directory) {
    try (OutputStream out = directory.create("dense.safetensors")) {
      out.write(1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A directory that cannot be renamed is copied, and its manifest is deleted first. */
  @Test
  void aModelWithoutItsManifestDoesNotTakeThePlaceOfThePreviousOne() throws IOException {
    Path target = target("half");
    publish(sound(), target, NEW);
    Path old = new Path(target.getParent(), "." + target.getName() + ".old");
    publish(sound(), target("other"), OLD);
    sound().rename(target("other"), old);
    sound().delete(new Path(target, "manifest.json"), false);
    assertThat(mark(sound(), target)).isEqualTo(OLD);
    new AtomicPublication(sound(), target).recover();
    assertThat(mark(sound(), target)).isEqualTo(OLD);
    assertThat(siblings(target)).containsExactly(target.getName());
  }

  @Test
  void aDirectoryOfOtherFilesIsNotReplaced() throws IOException {
    java.nio.file.Path photos = Files.createDirectories(temporary.resolve("photos"));
    Files.writeString(photos.resolve("cat.txt"), "meow");
    assertThatThrownBy(() -> publish(sound(), new Path(photos.toUri()), NEW))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("photos holds other files; only a model can be overwritten");
    assertThat(photos.resolve("cat.txt")).hasContent("meow");
    Path empty = new Path(Files.createDirectories(temporary.resolve("empty")).toUri());
    publish(sound(), empty, NEW);
    assertThat(mark(sound(), empty)).isEqualTo(NEW);
  }

  @Test
  void aLinkStaysAndTheModelThatItPointsToIsReplaced() throws IOException {
    java.nio.file.Path model = temporary.resolve("disk/model");
    Files.createDirectories(model.getParent());
    java.nio.file.Path link = Files.createSymbolicLink(temporary.resolve("link"), model);
    Path target = new Path(link.toString());
    publish(sound(), target, OLD);
    publish(sound(), target, NEW);
    assertThat(link).isSymbolicLink();
    assertThat(mark(sound(), new Path(model.toString()))).isEqualTo(NEW);
    assertThat(mark(sound(), target)).isEqualTo(NEW);
    assertThat(siblings(target)).containsExactlyInAnyOrder("disk", "link");
    assertThat(siblings(new Path(model.toString()))).containsExactly("model");
    Files.move(model, model.resolveSibling(".model.old"));
    assertThat(mark(sound(), target)).as("between two renames").isEqualTo(NEW);
  }

  @Test
  void namesThatLeaveTheRootAreRefused() throws IOException {
    HadoopModelDirectory directory = new HadoopModelDirectory(sound(), target("root"));
    for (String name : List.of("../x", "/x", "a/../../x", "..")) {
      assertThatThrownBy(() -> directory.create(name))
          .isInstanceOf(ModelFormatException.class)
          .hasMessage("model file name must be a plain relative path, got \"" + name + "\"");
    }
    assertThat(directory.list()).isEmpty();
    assertThat(directory.length("x")).isEqualTo(-1);
    assertThatThrownBy(() -> directory.open("x"))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("Cannot open file:")
        .hasMessageContaining("root/model/x");
  }

  @Test
  void readingWhereThereIsNoModelSaysSo() throws IOException {
    PublishedModel none = new PublishedModel(sound(), target("nothing"));
    assertThat(none.exists()).isFalse();
    assertThatThrownBy(() -> none.read(TinyModel::mark))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("no model at ");
  }

  private static void publish(FileSystem fileSystem, Path target, int mark) {
    new AtomicPublication(fileSystem, target)
        .publish(directory -> TinyModel.write(directory, mark));
  }

  private static int mark(FileSystem fileSystem, Path target) {
    PublishedModel model = new PublishedModel(fileSystem, target);
    return model.exists() ? model.read(TinyModel::mark) : NONE;
  }

  private static FileSystem sound() {
    return Sound.FILE_SYSTEM;
  }

  private static final class Sound {
    static final FileSystem FILE_SYSTEM = create();

    private static FileSystem create() {
      try {
        return new FaultyFileSystem(Integer.MAX_VALUE, false);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private Path target(String name) {
    return new Path(temporary.resolve(name).resolve("model").toUri());
  }

  private static List<String> siblings(Path target) throws IOException {
    return Arrays.stream(sound().listStatus(target.getParent()))
        .map(FileStatus::getPath)
        .map(Path::getName)
        .toList();
  }
}
