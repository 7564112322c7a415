package io.destine.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.predict.Scorer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScoreCommandTest {
  @TempDir static Path directory;
  private static Path model;

  @BeforeAll
  static void write() throws IOException {
    model = directory.resolve("model");
    TinyModel.write(model);
  }

  private static ScorerRun run(String input, String... arguments) {
    return ScorerRun.of(
        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), arguments);
  }

  private static ScorerRun score(String input, String... more) {
    List<String> arguments = new ArrayList<>(List.of(model.toString()));
    arguments.addAll(Arrays.asList(more));
    return run(input, arguments.toArray(String[]::new));
  }

  private static double expected(Object user, Object price) {
    try (Scorer scorer = Scorer.load(model)) {
      return scorer.score(Map.of("user", user, "price", price));
    }
  }

  @Test
  void aJsonRowComesBackWithItsProbabilityAndABadOneWithItsReason() throws IOException {
    ScorerRun run =
        score(
            """
            {"user": "u3", "price": 12.5, "other": [1, {"a": null}]}

            {"user": "é", "price": "11"}
            {"user": "u3"
            {"user": ["u1"], "price": 1}
            {"user": "u1", "price": 1, "probability": 1}
            """);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.lines()).hasSize(6);
    assertThat(run.lines().get(1)).isEmpty();
    JsonNode first = new ObjectMapper().readTree(run.lines().get(0));
    assertThat(first.get("other").toString()).isEqualTo("[1,{\"a\":null}]");
    assertThat(first.get("probability").asDouble()).isEqualTo(expected("u3", 12.5));
    assertThat(first.has("probability_reason")).isFalse();
    JsonNode second = new ObjectMapper().readTree(ByteReader.text(run.lines().get(2)));
    assertThat(second.get("user").asText()).isEqualTo("é");
    assertThat(second.get("probability").asDouble()).isEqualTo(expected("é", 11));
    List<String> reasons =
        List.of(
            "the line must be a JSON object",
            "field user: value must be a single string or number, got a list",
            "the row already has a value named \"probability\"");
    for (int i = 0; i < 3; i++) {
      JsonNode bad = new ObjectMapper().readTree(run.lines().get(3 + i));
      assertThat(bad.get("probability").isNull()).isTrue();
      assertThat(bad.get("probability_reason").asText()).startsWith(reasons.get(i));
    }
    assertThat(run.err())
        .contains("8 rows verified")
        .contains(
            "warning: 3 of 5 rows have no probability; the first is line 4: " + reasons.get(0));
  }

  @Test
  void csvKeepsItsColumnsAndQuotes() {
    ScorerRun run =
        score(
            "id,price,user\n\"a,\"\"1\"\"\",12.5,u3\n2,,\n3,x,u1\n4,5\n6,2,5,ü1\n",
            "--format",
            "csv");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.lines())
        .containsExactly(
            "id,price,user,probability,probability_reason",
            "\"a,\"\"1\"\"\",12.5,u3," + expected("u3", 12.5) + ",",
            "2,,," + expected("", "") + ",",
            "3,x,u1,,\"field price: value must be a finite number, got x\"",
            "4,5,,,\"line 5 must have 3 values, got 2\"",
            "6,2,5,,\"line 6 must have 3 values, got 4; surplus: " + ByteReader.bytes("ü1\""));
    assertThat(run.err())
        .contains(
            "warning: 3 of 5 rows have no probability; the first is row 3: "
                + "field price: value must be a finite number, got x");
  }

  @Test
  void batchesAndPlainJavaChangeNothing() {
    StringBuilder rows = new StringBuilder();
    for (int n = 0; n < 57; n++) {
      rows.append("{\"user\":\"u").append(n % 12).append("\",\"price\":").append(n).append("}\n");
    }
    ScorerRun run = score(rows.toString(), "--probability-only");
    assertThat(run.lines()).hasSize(57);
    assertThat(run.lines().get(20)).isEqualTo(Double.toString(expected("u8", 20)));
    for (String[] options : new String[][] {{"--batch", "1"}, {"--batch", "10"}, {"--plain"}}) {
      List<String> arguments = new ArrayList<>(List.of("--probability-only"));
      arguments.addAll(Arrays.asList(options));
      assertThat(score(rows.toString(), arguments.toArray(String[]::new)).out())
          .as("%s", (Object) options)
          .isEqualTo(run.out());
    }
  }

  /** A program that writes a row and the start of the next one, and waits for the answer. */
  @ParameterizedTest
  @ValueSource(strings = {"json", "csv"})
  @Timeout(30)
  void aRowIsAnsweredBeforeTheNextOneIsComplete(String format) throws Exception {
    String row = format.equals("csv") ? "u%d,\n" : "{\"user\":\"u%d\"}\n";
    PipedOutputStream rows = new PipedOutputStream();
    PipedInputStream answers = new PipedInputStream();
    ScoreCommand command =
        new ScoreCommand(
            new PipedInputStream(rows),
            new PipedOutputStream(answers),
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
    Thread thread =
        new Thread(
            () -> Main.run(command, model.toString(), "--probability-only", "--format", format));
    thread.start();
    rows.write((format.equals("csv") ? "user,price\n" : "").getBytes(StandardCharsets.UTF_8));
    for (int n = 0; n < 3; n++) {
      String next = row.formatted(n + 1);
      String rest = n == 0 ? row.formatted(0) : row.formatted(n).substring(1);
      rows.write((rest + next.charAt(0)).getBytes(StandardCharsets.UTF_8));
      rows.flush();
      StringBuilder line = new StringBuilder();
      for (int c = answers.read(); c != '\n'; c = answers.read()) {
        line.append((char) c);
      }
      assertThat(Double.parseDouble(line.toString())).isEqualTo(expected("u" + n, ""));
    }
    rows.close();
    thread.join();
  }

  @Test
  void mistakesAreSaidInOneLineWithExitCode2() throws IOException {
    Path damaged = directory.resolve("damaged");
    TinyModel.write(damaged);
    Path table = damaged.resolve("embedding.safetensors");
    byte[] bytes = Files.readAllBytes(table);
    bytes[bytes.length - 1] ^= 1;
    Files.write(table, bytes);
    for (ScorerRun run :
        List.of(
            run("", directory.resolve("none").toString()),
            run("", damaged.toString()),
            run(""),
            score("", "--format", "xml"),
            score("", "--batch", "0"),
            score("user\nu1\n", "--format", "csv"),
            score("user,price,probability\n", "--format", "csv"))) {
      assertThat(run.code()).as(run.err()).isEqualTo(2);
      assertThat(run.err().lines().filter(line -> line.startsWith("error: ")))
          .as(run.err())
          .hasSize(1);
    }
    assertThat(run("", damaged.toString()).err()).contains("embedding.safetensors: SHA-256");
    assertThat(score("user\nu1\n", "--format", "csv").err())
        .contains("columns of the model not found in the csv: price; columns: user");
  }

  @Test
  void attentionOfEachHeadComesWithTheRow() throws IOException {
    ScorerRun run = score("{\"user\": \"u1\", \"price\": 2}\n{\"user\": [1]}\n", "--attention");
    JsonNode row = new ObjectMapper().readTree(run.lines().get(0));
    assertThat(row.get("probability").asDouble()).isEqualTo(expected("u1", 2));
    JsonNode head = row.get("attention").get(0);
    assertThat(head.get("layer").asInt()).isEqualTo(1);
    assertThat(head.get("pairwise")).hasSize(2);
    assertThat(head.get("unary")).hasSize(2);
    assertThat(new ObjectMapper().readTree(run.lines().get(1)).has("attention")).isFalse();
    assertThat(score("", "--attention", "--format", "csv").code()).isEqualTo(2);
  }

  @Test
  void verifyReadsNoRows() {
    ScorerRun run = score("no row at all", "--verify");
    assertThat(run.code()).isZero();
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("8 rows verified");
  }
}
