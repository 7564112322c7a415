package io.destine.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of docs/serving.md run as they are written, on another model and other rows. */
class ServingDocumentTest {
  private static final String COMMAND = "    java -jar scorer/target/destine-scorer.jar ";
  private static final Map<String, String> INPUTS =
      Map.of(
          "rows.jsonl", "{\"user\": \"u1\", \"price\": 3}\n{\"user\": \"u2\"}\n",
          "rows.csv", "user,price\nu1,3\nu2,\n");

  @TempDir Path directory;

  @Test
  void everyCommandScoresRows() throws IOException {
    Path model = directory.resolve("model");
    TinyModel.write(model);
    List<String> commands =
        Files.readAllLines(Path.of("..", "docs", "serving.md")).stream()
            .filter(line -> line.startsWith(COMMAND))
            .map(line -> line.substring(COMMAND.length()))
            .toList();
    assertThat(commands).hasSizeGreaterThanOrEqualTo(2);
    for (String command : commands) {
      List<String> words = new ArrayList<>(Arrays.asList(command.split(" ")));
      String input = INPUTS.get(words.remove(words.size() - 1));
      assertThat(words.remove(words.size() - 1)).as(command).isEqualTo("<");
      words.set(words.indexOf("runs/flights"), model.toString());
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      int code =
          Main.run(
              new ScoreCommand(
                  new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                  out,
                  new PrintStream(err, true, StandardCharsets.UTF_8)),
              words.toArray(String[]::new));
      assertThat(code).as("%s: %s", command, err).isZero();
      String written = out.toString(StandardCharsets.UTF_8);
      assertThat(written.lines().filter(line -> line.contains("0."))).as(command).hasSize(2);
    }
  }
}
