package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchRoomTest {
  @TempDir Path directory;

  private SparkConf settings(String master, long bytesOfTheJar) throws IOException {
    Path jar = directory.resolve("job.jar");
    try (RandomAccessFile file = new RandomAccessFile(jar.toFile(), "rw")) {
      file.setLength(bytesOfTheJar);
    }
    return new SparkConf(false)
        .setMaster(master)
        .set("spark.local.dir", directory.resolve("not/there").toString())
        .set("spark.jars", "https://example.org/other.jar," + jar.toUri());
  }

  @Test
  void aJarThatTheDiskHasNoRoomForIsSaidBeforeSparkStarts() throws IOException {
    long most = directory.toFile().getUsableSpace();
    SparkConf full = settings("local[*]", most + (1L << 30));
    Failure failure = Failure.of(catchThrowable(() -> ScratchRoom.require(full)));
    assertThat(failure.code()).isEqualTo(Main.FAILED);
    assertThat(failure.problems())
        .singleElement()
        .asString()
        .contains(directory.toString(), "No space left on device", "choose other directories");
  }

  @Test
  void whereThereIsRoomOrNoTaskNothingIsSaid() throws IOException {
    SparkConf small = settings("local[2]", 1);
    assertThatCode(() -> ScratchRoom.require(small)).doesNotThrowAnyException();
    SparkConf elsewhere = settings("yarn", directory.toFile().getUsableSpace() + (1L << 30));
    assertThatCode(() -> ScratchRoom.require(elsewhere)).doesNotThrowAnyException();
  }
}
