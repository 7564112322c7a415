package io.destine.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.predict.Scorer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows are written with unchanged content and line by line; unreadable input ends the command. */
class PassedRowsTest {
  private static final String BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";

  @TempDir static Path directory;
  private static Path model;

  @BeforeAll
  static void write() throws IOException {
    model = directory.resolve("model");
    TinyModel.write(model);
  }

  /** A stream of bytes, given as characters with the same code points. */
  private static InputStream bytes(String bytes) {
    return new ByteArrayInputStream(bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static ScorerRun score(InputStream input, String... more) {
    List<String> arguments = new ArrayList<>(List.of(model.toString()));
    arguments.addAll(Arrays.asList(more));
    return ScorerRun.of(input, arguments.toArray(String[]::new));
  }

  private static double expected(Object user, Object price) {
    try (Scorer scorer = Scorer.load(model)) {
      return scorer.score(Map.of("user", user, "price", price));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"user\":\"u3\",\"price\":12.5,\"x\":1e400,\"y\":-1E+999",
        "{\"user\":\"u3\",\"price\":12.5,\"x\":0.1234567890123456789012345678901234567890",
        "{\"user\":\"u3\",\"price\":12.5,\"x\":1.0,\"y\":1.00,\"z\":-0.0,\"n\":123456789012345678901",
        "{\"user\":\"u3\",\"price\":12.5,\"x\":\"\\udfff\\ud800\",\"\\u0041\":\"\\u0041\\/\"",
        "{ \"user\" : \"u3\" ,\t\"price\" : 12.5 , \"x\" : {\"b\" : [ ] } ",
        "{\"user\":\"u3\",\"price\":12.5,\"\u00e8\u00aa\u009e\":\"\u00f0\u009f\u0098\u0080}\""
      })
  void aJsonRowKeepsEveryByte(String row) {
    ScorerRun run = score(bytes(row + "} \r\n"));
    assertThat(run.out()).isEqualTo(row + ",\"probability\":" + expected("u3", 12.5) + "}\n");
  }

  @Test
  void aJsonRowWithABadValueKeepsEveryByteToo() {
    ScorerRun run = score(bytes("{}\n{\"price\":1e400,\"x\":1.50}\n{\"price\":1e300}\n"));
    assertThat(run.lines())
        .containsExactly(
            "{\"probability\":" + expected("", "") + "}",
            "{\"price\":1e400,\"x\":1.50,\"probability\":null,\"probability_reason\":"
                + "\"field price: value must be a finite number, got Infinity\"}",
            "{\"price\":1e300,\"probability\":" + expected("", 10 + 2 * 0x1p20) + "}");
  }

  /** The device is full as soon as something is written to it. */
  @Test
  void outputThatCannotBeWrittenIsAFailure() throws IOException, InterruptedException {
    Path errors = directory.resolve("errors");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                model.toString(),
                "--plain")
            .redirectInput(Files.writeString(directory.resolve("rows"), "{}\n{}\n").toFile())
            .redirectOutput(Path.of("/dev/full").toFile())
            .redirectError(errors.toFile())
            .start();
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(Files.readString(errors)).contains("error: rows cannot be read or written: ");
  }

  @Test
  void csvHasTheColumnsThatAModelCanUseButNeedNotHave() throws IOException {
    ByteReader csv = new ByteReader(bytes("item,genre,other\ni1,drama,x\n"));
    CsvRows rows =
        new CsvRows(csv, new StringWriter(), "ctr", Set.of("item"), Set.of("genre", "year"));
    assertThat(rows.next().values()).isEqualTo(Map.of("item", "i1", "genre", "drama"));
  }

  @Test
  void attentionDoesNotReplaceAValueOfTheRow() {
    String rows = "{\"user\":\"u1\",\"attention\":5}\n{\"user\":\"u1\",\"a\":1.0}\n";
    assertThat(score(bytes(rows)).lines().get(0)).startsWith("{\"user\":\"u1\",\"attention\":5,");
    ScorerRun run = score(bytes(rows), "--attention");
    assertThat(run.lines().get(0))
        .isEqualTo(
            "{\"probability\":null,\"probability_reason\":"
                + "\"the row already has a value named \\\"attention\\\"; rename it\"}");
    assertThat(run.lines().get(1)).startsWith("{\"user\":\"u1\",\"a\":1.0,\"attention\":[{");
  }

  @Test
  void aRowMayHaveAColumnOfTheDefaultNameWithAnotherOrWithoutItsOwn() {
    String json = "{\"user\":\"u1\",\"probability\":5}\n{\"user\":[1]}\n";
    String expected = Double.toString(expected("u1", ""));
    assertThat(score(bytes(json), "--probability-only").lines()).containsExactly(expected, "");
    String name = "größe";
    assertThat(ByteReader.text(score(bytes(json), "--probability-column", name).out()).lines())
        .containsExactly(
            "{\"user\":\"u1\",\"probability\":5,\"größe\":" + expected + "}",
            "{\"user\":[1],\"größe\":null,\"größe_reason\":\"field user: value must be a single"
                + " string or number, got a list, a map or bytes\"}");
    String csv = "user,price,probability\nu1,,5\n";
    assertThat(score(bytes(csv), "--format", "csv", "--probability-only").lines())
        .containsExactly(expected);
    assertThat(
            ByteReader.text(
                    score(bytes(csv), "--format", "csv", "--probability-column", name).out())
                .lines())
        .containsExactly("user,price,probability,größe,größe_reason", "u1,,5," + expected + ",");
  }

  @Test
  void aTakenNameIsRefusedWithTheOption() {
    assertThat(
            score(bytes("{\"user\":\"u1\",\"ctr_reason\":5}\n"), "--probability-column", "ctr")
                .lines())
        .containsExactly(
            "{\"ctr\":null,\"ctr_reason\":\"the row already has a value named \\\"ctr_reason\\\";"
                + " rename it or choose another --probability-column\"}");
    ScorerRun run =
        score(bytes("user,price,ctr\n"), "--format", "csv", "--probability-column", "ctr");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors())
        .containsExactly(
            "error: the csv has a column \"ctr\", which is the name of a column of the output;"
                + " rename it or choose another --probability-column");
    assertThat(score(bytes(""), "--probability-column", " ").errors())
        .containsExactly("error: --probability-column must be a name, got \" \"");
  }

  @Test
  void anEmptyLineIsAnsweredByAnEmptyLine() {
    String rows = "\n{\"user\":\"u1\"}\n\n  \n{\"user\":\"u2\"}\n";
    String first = Double.toString(expected("u1", ""));
    String second = Double.toString(expected("u2", ""));
    ScorerRun only = score(bytes(rows), "--probability-only");
    assertThat(only.lines()).containsExactly("", first, "", "", second);
    assertThat(only.err()).contains("2 rows in ").doesNotContain("warning");
    assertThat(score(bytes(rows)).lines())
        .containsExactly(
            "",
            "{\"user\":\"u1\",\"probability\":" + first + "}",
            "",
            "  ",
            "{\"user\":\"u2\",\"probability\":" + second + "}");
  }

  /** The column "name" holds a byte that is not UTF-8. */
  @Test
  void csvValuesKeepTheirBytes() {
    ScorerRun run =
        score(
            bytes("name,price,user\ncaf\u00e9,1.50,u3\n\u00c3\u00a9,1e400,\u00ff\n"),
            "--format",
            "csv");
    assertThat(run.lines())
        .hasSize(3)
        .startsWith(
            "name,price,user,probability,probability_reason",
            "caf\u00e9,1.50,u3," + expected("u3", 1.5) + ",");
    assertThat(run.lines().get(2))
        .startsWith("\u00c3\u00a9,1e400,\u00ff,,\"field user: ")
        .contains("bytes that are not text");
  }

  @Test
  void aByteOrderMarkAtTheStartIsLeftOut() {
    assertThat(score(bytes(BYTE_ORDER_MARK + "user,price\nu3,12.5\n"), "--format", "csv").lines())
        .containsExactly(
            "user,price,probability,probability_reason", "u3,12.5," + expected("u3", 12.5) + ",");
    assertThat(score(bytes(BYTE_ORDER_MARK + "{\"user\":\"u3\"}\n")).lines())
        .containsExactly("{\"user\":\"u3\",\"probability\":" + expected("u3", "") + "}");
    // The first byte alone is none.
    assertThat(score(bytes("\u00ef\n")).lines().get(0)).contains("the line must be a JSON object");
  }

  @ParameterizedTest
  @ValueSource(strings = {"user,price,user", "user,price,User"})
  void aColumnOfTheModelThatIsThereTwiceIsRefused(String header) {
    ScorerRun run = score(bytes(header + "\nu3,12.5,u4\n"), "--format", "csv");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.errors())
        .containsExactly(
            "error: columns of the model not unique in the csv (ignoring case): user;"
                + " rename all but one of each");
  }

  @Test
  void anotherColumnMayBeThereTwice() {
    assertThat(score(bytes("x,user,price,x,\n1,u3,12.5,2,3\n"), "--format", "csv").lines())
        .containsExactly(
            "x,user,price,x,,probability,probability_reason",
            "1,u3,12.5,2,3," + expected("u3", 12.5) + ",");
  }

  /** A row that never ends, whose bytes the command must not collect. */
  private static InputStream endless(String start) {
    return new SequenceInputStream(
        bytes(start),
        new InputStream() {
          @Override
          public int read() {
            return 'x';
          }

          @Override
          public int read(byte[] into, int from, int length) {
            Arrays.fill(into, from, from + length, (byte) 'x');
            return length;
          }

          @Override
          public int available() {
            return 1;
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "csv"})
  void aRowWithoutEndIsRefusedAfterTheRowsBefore(String format) {
    String start =
        format.equals("csv") ? "user,price\nu3,\nu4,\"" : "{\"user\":\"u3\"}\n{\"user\":\"";
    ScorerRun run = score(endless(start), "--format", format, "--probability-only");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.lines()).containsExactly(Double.toString(expected("u3", "")));
    assertThat(run.errors())
        .containsExactly(
            "error: row 2 has more than 16777216 bytes; in a csv, a closing quotation mark may"
                + " be missing");
  }

  @Test
  void aHeaderWithoutEndIsRefused() {
    ScorerRun run = score(endless("user,"), "--format", "csv");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors().get(0)).startsWith("error: the header has more than 16777216 bytes");
  }

  /** 60 rows of a megabyte in one batch would be 60 MB of texts and as many of values. */
  @Test
  void longRowsAreScoredInBatchesOfAsManyBytesAsOneRowMayHave() throws IOException {
    String row = "{\"user\":\"u3\",\"x\":\"" + "y".repeat(1 << 20) + "\"}\n";
    ByteReader in = new ByteReader(bytes(row.repeat(60)));
    List<Integer> sizes = new ArrayList<>();
    new RowBatches(in, 1000, batch -> sizes.add(batch.size()))
        .read(new JsonRows(in, null, "ctr", false));
    assertThat(sizes).allMatch(size -> size <= 17);
    assertThat(sizes.stream().mapToInt(size -> size).sum()).isEqualTo(60);
  }

  @Test
  void rowsBeforeACsvThatIsCutAreAnswered() {
    ScorerRun run = score(bytes("user,price\nu3,\nu4,\"1"), "--format", "csv");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.lines()).hasSize(2);
    assertThat(run.errors().get(0)).startsWith("error: the csv cannot be read: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "csv"})
  void aStreamThatFailsIsSaidInOneLine(String format) {
    InputStream failing =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("Input/output error");
          }
        };
    InputStream begun = bytes(format.equals("csv") ? "user,price\nu3,\nu" : "{\"user\":\"u3\"}\n{");
    ScorerRun run =
        score(new SequenceInputStream(begun, failing), "--format", format, "--probability-only");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.lines()).containsExactly(Double.toString(expected("u3", "")));
    assertThat(run.errors())
        .containsExactly("error: rows cannot be read or written: Input/output error");
  }
}
