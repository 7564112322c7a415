package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.spark.CreationFileSystem;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.store.Fence;
import io.destine.spark.store.LostLockException;
import io.destine.spark.store.ObjectStore;
import io.destine.spark.store.OutputLock;
import io.destine.spark.train.TreeDigest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FSDataInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Storage that refuses or fails once while rows are encoded or used again. */
class EncodedStorageTest {
  private static final String SCHEME = "moody";
  private static final AtomicReference<String> FAILS_ONCE = new AtomicReference<>();
  private static final Pattern NONE = Pattern.compile("");
  private static volatile Pattern refused = NONE;

  @TempDir Path directory;

  /** A local file system that does not rename some files, or fails when it opens one. */
  public static final class Moody extends CreationFileSystem {
    /** Called by Hadoop. */
    public Moody() {
      super(SCHEME);
    }

    @Override
    protected void beforeCreating(org.apache.hadoop.fs.Path path) {}

    @Override
    public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to)
        throws IOException {
      return !refused.matcher(from.getName()).matches() && super.rename(from, to);
    }

    @Override
    public FSDataInputStream open(org.apache.hadoop.fs.Path path, int buffer) throws IOException {
      String fails = FAILS_ONCE.get();
      if (fails != null && path.toString().contains(fails)) {
        FAILS_ONCE.set(null);
        throw new IOException("connection reset");
      }
      return super.open(path, buffer);
    }
  }

  @BeforeEach
  void knowTheFileSystem() {
    SharedSpark.session()
        .sparkContext()
        .hadoopConfiguration()
        .setClass("fs." + SCHEME + ".impl", Moody.class, Moody.class);
  }

  @AfterEach
  void calm() {
    refused = NONE;
    FAILS_ONCE.set(null);
  }

  private JobConfig config() {
    return config("label = label");
  }

  private JobConfig config(String settings) {
    List<String> rows = new ArrayList<>();
    for (int n = 0; n < 100; n++) {
      rows.add(n % 3 == 0 ? "1,u" + n % 7 : "0,u" + n % 7);
    }
    EncodingCase at = new EncodingCase(directory);
    return at.config(at.writeParts("source", "label,user", rows, 1), settings);
  }

  private EncodedDataSet encode(JobConfig config) {
    String data = SCHEME + ":" + directory.resolve("data");
    return new DataSetEncoder().encode(SharedSpark.session(), config, data);
  }

  @Test
  void aFileOfBlocksThatIsNotRenamedIsAFailure() {
    refused = Pattern.compile("\\.part-.*\\.blocks-.*");
    assertThatThrownBy(() -> encode(config())).hasStackTraceContaining("file system refused");
    assertThat(directory.resolve("data")).doesNotExist();
  }

  @Test
  void aDataSetThatIsNotReplacedIsPutBack() throws IOException {
    encode(config());
    Map<String, String> before = TreeDigest.of(directory.resolve("data"));
    refused = Pattern.compile("\\.data\\.new-.*");
    assertThatThrownBy(() -> encode(config("label = label, split.seed = 9")))
        .hasMessageContaining("the file system refused");
    assertThat(TreeDigest.of(directory.resolve("data"))).isEqualTo(before);
  }

  /** An object store has no rename, so a data set is replaced in place. */
  @Test
  void aFailureBetweenTwoDataSetsLeavesFilesThatTheNextOneReplaces() {
    SharedSpark.session()
        .sparkContext()
        .hadoopConfiguration()
        .setClass("fs." + ObjectStore.SCHEME + ".impl", ObjectStore.class, ObjectStore.class);
    Path place = directory.resolve("data");
    String data = ObjectStore.SCHEME + ":" + place;
    DataSetEncoder encoder = new DataSetEncoder();
    encoder.encode(SharedSpark.session(), config(), data);
    JobConfig other = config("label = label, split.seed = 9");
    ObjectStore.failOnDeleting(place, place.resolve("rows"));
    assertThatThrownBy(() -> encoder.encode(SharedSpark.session(), other, data))
        .hasStackTraceContaining("503 Slow Down");
    EncodedDataSet again = encoder.encode(SharedSpark.session(), other, data);
    assertThat(again.manifest().fingerprint()).isNotEmpty();
    assertThat(place.resolve("manifest.json")).exists();
  }

  /** A data set is encoded again when it is damaged, not when a connection is. */
  @Test
  void aFailureToReadTheVocabularyIsNotTakenForDamage() throws IOException {
    JobConfig config = config();
    encode(config);
    Path kept = Files.writeString(directory.resolve("data/rows/part-99999.blocks"), "still here");
    for (String name : List.of("_fields.json", "_vocabulary.json", "vocabulary/part-")) {
      FAILS_ONCE.set(name);
      assertThatThrownBy(() -> encode(config))
          .as(name)
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("connection reset");
      assertThat(kept).exists();
    }
    encode(config);
    assertThat(kept).exists();
  }

  /** The other run acts between the check of the lock and the check of the data set's path. */
  @Test
  void anEncodingThatMeetsFilesOfTheOneThatHasItsLockIsToldOfTheLock() {
    Path place = directory.resolve("data");
    Fence fence =
        new Fence() {
          @Override
          public void requireHeld() {
            requireNotLost();
            if (isWritten()) {
              write(place.resolve("notes.txt"));
            }
          }

          @Override
          public void requireNotLost() {
            if (Files.exists(place.resolve("notes.txt"))) {
              throw new LostLockException("lost the lock");
            }
          }
        };
    DataSetEncoder encoder = new DataSetEncoder(() -> OutputLock.of(fence));
    assertThatThrownBy(() -> encoder.encode(SharedSpark.session(), config(), place.toString()))
        .isInstanceOf(LostLockException.class)
        .extracting(lost -> List.of(lost.getSuppressed()))
        .asString()
        .contains("holds other files");
    assertThat(place.resolve("notes.txt")).hasContent("mine");
  }

  /** True when a complete data set is in the temporary directory next to its final path. */
  private boolean isWritten() {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.anyMatch(
          file -> file.toString().matches(".*/\\.data\\.new-[^/]*/manifest.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path notes) {
    try {
      Files.createDirectories(notes.getParent());
      Files.writeString(notes, "mine");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
