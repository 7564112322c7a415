package io.destine.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.artifact.LocalModelDirectory;
import io.destine.artifact.ModelFormatException;
import io.destine.artifact.ModelReader;
import io.destine.config.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
}
