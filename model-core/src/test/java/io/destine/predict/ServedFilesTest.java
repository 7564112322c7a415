package io.destine.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.artifact.LocalModelDirectory;
import io.destine.artifact.ModelFormatException;
import io.destine.artifact.ModelReader;
import io.destine.config.Components;
import io.destine.config.ModelConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A scorer checks the files that docs/serving.md names, and does without the others. */
class ServedFilesTest {
  private static final List<String> OTHERS =
      List.of(
          "optimizer.safetensors",
          "optimizer.safetensors.index.json",
          "report.html",
          "report.json",
          "README.md",
          "vocabulary/pending-00000.safetensors");

  @TempDir Path directory;

  @Test
  void eachFileThatScoringNeedsIsCheckedAndTheOthersMayBeMissing() throws IOException {
    Path model = Files.createDirectories(directory.resolve("model"));
    Files.createDirectories(model.resolve("vocabulary"));
    for (String name : OTHERS) {
      Files.writeString(model.resolve(name), name);
    }
    ModelOnDisk.write(
        model,
        ModelConfig.interaction().embeddingDim(4).heads(1).headDim(4).layers(1).wide(true).build());
    double expected;
    try (Scorer scorer = Scorer.load(model)) {
      expected = scorer.score(Map.of("user", "user 3"));
    }
    List<String> names;
    try (var files = Files.walk(model)) {
      names = files.filter(Files::isRegularFile).map(f -> model.relativize(f).toString()).toList();
    }
    assertThat(names).containsAll(OTHERS).hasSize(OTHERS.size() + 11);
    for (String name : names) {
      Path file = model.resolve(name);
      byte[] good = Files.readAllBytes(file);
      byte[] damaged = good.clone();
      damaged[damaged.length / 2] ^= 1;
      Files.write(file, damaged);
      assertThatThrownBy(() -> ModelReader.open(new LocalModelDirectory(model)).verify())
          .as("inspect --verify, %s", name)
          .isInstanceOf(ModelFormatException.class)
          .hasMessageContaining(name);
      if (OTHERS.contains(name)) {
        Files.delete(file);
        try (Scorer scorer = Scorer.load(model)) {
          assertThat(scorer.score(Map.of("user", "user 3"))).as(name).isEqualTo(expected);
        }
      } else {
        assertThatThrownBy(() -> Scorer.load(model))
            .as(name)
            .isInstanceOf(ModelFormatException.class)
            .hasMessageContaining(name);
      }
      Files.write(file, good);
    }
  }

  private static final ModelConfig SMALL =
      ModelConfig.interaction().embeddingDim(4).heads(1).headDim(4).layers(1).build();

  @Test
  void thePreviousModelIsLoadedIfItsReplacementWasKilled() throws IOException {
    Path model = directory.resolve("model");
    ModelOnDisk.write(model, SMALL);
    String id;
    try (Scorer scorer = Scorer.load(model)) {
      id = scorer.id();
    }
    Files.move(model, directory.resolve(".model.old"));
    Path other = Files.createDirectories(directory.resolve("other"));
    Path absolute = Files.createSymbolicLink(other.resolve("absolute"), model);
    Path relative = Files.createSymbolicLink(other.resolve("relative"), Path.of("../model"));
    Path twice = Files.createSymbolicLink(other.resolve("twice"), relative);
    for (Path path : List.of(model, other.resolve("../model"), absolute, relative, twice)) {
      try (Scorer scorer = Scorer.load(path)) {
        assertThat(scorer.id()).isEqualTo(id);
      }
    }
  }

  @Test
  void aModelThatIsReplacedMeanwhileIsTheOldOrTheNewOne() throws Exception {
    Path model = directory.resolve("model");
    Path old = directory.resolve(".model.old");
    Path next = directory.resolve("next");
    ModelOnDisk.write(model, SMALL);
    ModelOnDisk.write(next, Components.with(SMALL, "layers", 2));
    AtomicBoolean over = new AtomicBoolean();
    Thread writer =
        new Thread(
            () -> {
              try {
                while (!over.get()) {
                  Files.move(model, old);
                  Files.move(next, model);
                  Files.move(old, next);
                  Thread.sleep(60);
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    writer.start();
    try {
      Set<String> ids = new HashSet<>();
      for (int n = 0; n < 50 || (ids.size() < 2 && writer.isAlive()); n++) {
        try (Scorer scorer = Scorer.load(model)) {
          ids.add(scorer.id());
        }
      }
      assertThat(ids).hasSize(2);
    } finally {
      over.set(true);
      writer.join();
    }
  }
}
