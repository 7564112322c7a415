package io.destine.spark.nightly;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.artifact.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunHistoryTest {
  @TempDir Path directory;

  private Path model(String name) throws IOException {
    Path model = Files.createDirectories(directory.resolve("models").resolve(name));
    Files.writeString(model.resolve("dense.safetensors"), "");
    Files.writeString(
        model.resolve(Manifest.FILE),
        "{\"format\": \"" + Manifest.FORMAT + "\", \"files\": {\"dense.safetensors\": {}}}");
    return model;
  }

  @Test
  void aFileOfTheUserKeepsAModelThatWouldBeRemoved() throws IOException {
    Path old = model("2026-03-01");
    Path annotated = model("2026-03-02");
    Path live = model("2026-03-03");
    Path checkpoint = directory.resolve("models/2026-03-02.checkpoints/step-0000000100");
    Files.createDirectories(checkpoint);
    Path left = directory.resolve("models/2026-03-01.checkpoints/step-0000000100");
    Files.createDirectories(left);
    Files.writeString(left.resolve("dense.safetensors"), "");
    for (Path place : new Path[] {annotated, checkpoint}) {
      Files.writeString(place.resolve("notes.txt"), "mine");
    }
    FileSystem local = FileSystem.getLocal(new Configuration(false));
    new RunHistory(local, new NightlyPaths(directory.toString())).prune(1, 1, "2026-03-03");
    assertThat(old).doesNotExist();
    assertThat(left).doesNotExist();
    assertThat(annotated.resolve("notes.txt")).hasContent("mine");
    assertThat(checkpoint.resolve("notes.txt")).hasContent("mine");
    assertThat(live).exists();
  }
}
