package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.predict.Scorer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The export commands of docs/serving.md run as they are written, on another model. */
class ServingDocumentTest {
  private static final String COMMAND = "    submit-scripts/submit-local.sh ";

  @TempDir Path directory;

  @Test
  void everyExportIsWrittenAndTheScorerReadsItsOwn() throws IOException {
    Path model = ClickModel.train(directory, "model", "user", "item");
    List<String> commands =
        Files.readAllLines(Path.of("..", "docs", "serving.md")).stream()
            .filter(line -> line.startsWith(COMMAND + "export "))
            .map(line -> line.substring(COMMAND.length()))
            .toList();
    assertThat(commands).hasSize(4);
    for (String command : commands) {
      List<String> words = new ArrayList<>(Arrays.asList(command.split(" ")));
      words.set(words.indexOf("runs/flights"), model.toString());
      int at = words.indexOf("--output") + 1;
      Path output = directory.resolve(words.get(at));
      words.set(at, output.toString());
      CommandRun run = CommandRun.of(words.toArray(String[]::new));
      assertThat(run.code()).as("%s: %s", command, run.err()).isZero();
      if (Files.isDirectory(output)) {
        assertThat(output).isNotEmptyDirectory();
      } else {
        assertThat(output).isNotEmptyFile();
      }
    }
    Map<String, String> row = Map.of("user", "v1", "item", "v2");
    try (Scorer whole = Scorer.load(model);
        Scorer file = Scorer.load(directory.resolve("flights.zip"))) {
      assertThat(file.score(row)).isEqualTo(whole.score(row));
      assertThat(file.id()).isEqualTo(whole.id());
      assertThat(file.verify()).isEqualTo(8);
    }
  }
}
