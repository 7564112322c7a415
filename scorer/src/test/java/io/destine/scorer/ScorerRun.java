package io.destine.scorer;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A run of the command in this process.
 *
 * @param out its standard output, as ISO-8859-1
 * @param err its standard error
 */
record ScorerRun(int code, String out, String err) {
  static ScorerRun of(InputStream input, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    ScoreCommand command =
        new ScoreCommand(input, out, new PrintStream(err, true, StandardCharsets.UTF_8));
    int code = Main.run(command, arguments);
    return new ScorerRun(
        code, out.toString(StandardCharsets.ISO_8859_1), err.toString(StandardCharsets.UTF_8));
  }

  List<String> lines() {
    return out.lines().toList();
  }

  List<String> errors() {
    return err.lines().filter(line -> !line.startsWith("model ")).toList();
  }
}
