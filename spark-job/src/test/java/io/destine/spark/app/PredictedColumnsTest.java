package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which columns predict writes, and their names. */
class PredictedColumnsTest {
  @TempDir static Path directory;
  private static Path model;
  private static Path input;
  private static int outputs;

  @BeforeAll
  static void train() throws IOException {
    model = ClickModel.train(directory, "model", "user", "item");
    input = directory.resolve("rows.csv");
    Files.writeString(
        input,
        """
        id,user,item,"a,b",note
        1,v1,v2,x,first
        2,v3
        3,v4,v5,y,third
        """);
  }

  @Test
  void chosenColumnsAreWrittenInTheGivenOrderBesideTheSameProbabilities() throws IOException {
    List<List<String>> all = records();
    List<List<String>> chosen = records("--columns", "note,user", "--columns", "id");
    assertThat(chosen.get(0))
        .containsExactly("note", "user", "id", "probability", "probability_reason");
    assertThat(chosen).hasSameSizeAs(all);
    for (int n = 1; n < all.size(); n++) {
      List<String> row = all.get(n);
      assertThat(chosen.get(n))
          .containsExactly(row.get(4), row.get(1), row.get(0), row.get(5), row.get(6));
    }
  }

  @Test
  void namesMayHaveCommasAndSpacesAreNoPartOfThem() throws IOException {
    assertThat(records("--columns", "a,b", "--columns", " id , note ").get(0))
        .startsWith("a,b", "id", "note", "probability");
  }

  @Test
  void withoutColumnsAndReasonOnlyTheProbabilityIsWritten() throws IOException {
    assertThat(records("--columns", "").get(0))
        .containsExactly("probability", "probability_reason");
    List<List<String>> bare =
        records("--columns", "", "--no-reason", "--probability-column", "ctr");
    assertThat(bare.get(0)).containsExactly("ctr");
    assertThat(bare).hasSize(4);
    // An empty line would be no row for most readers.
    assertThat(bare.get(2).get(0)).isEmpty();
    assertThat(
            SharedSpark.session()
                .read()
                .option("header", true)
                .schema("ctr double")
                .csv(directory.resolve("scored" + outputs).toString())
                .filter("ctr is null")
                .count())
        .isEqualTo(1);
    assertThat(records("--columns", "id", "--probability-column", "ctr").get(0))
        .containsExactly("id", "ctr", "ctr_reason");
  }

  @Test
  void aRowThatCannotBeReadIsCountedAndSaidWithoutItsColumn() throws IOException {
    CommandRun run = predict("csv", "--no-reason");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.json().get("rows_without_probability").asInt()).isEqualTo(1);
    assertThat(run.err().lines().filter(line -> line.startsWith("warning: ")))
        .singleElement()
        .asString()
        .startsWith(
            "warning: 1 of 3 rows have no probability; one reason: the line is malformed, or")
        .doesNotContain("column probability_reason");
  }

  @Test
  void columnsThatAreNotThereOrTwiceAreNamedInOneLineEach() {
    String columns = "; columns: id, user, item, a,b, note";
    refused(
        "error: --columns: column \"nite\" not found in "
            + input
            + columns
            + "; did you mean \"note\"?",
        "--columns",
        "id,nite");
    refused("error: --columns names the column \"id\" twice", "--columns", "id,user,id");
    refused(
        "error: --by: column \"usr\" not found in " + input + columns + "; did you mean \"user\"?",
        "--top",
        "3",
        "--by",
        "usr");
    refused("error: --by is for --top; add --top N, or leave --by out", "--by", "user");
    refused("error: --top must be 1 .. 1000000, got 0", "--top", "0");
    refused("error: --probability-column must be a name, got \" \"", "--probability-column", " ");
    refused(
        "error: "
            + input
            + " has a column \"id\", which is the name of an output column of predict; rename it"
            + " or choose another --probability-column",
        "--probability-column",
        "ID");
  }

  @Test
  void aNameThatIsTakenIsFreeWhenItsColumnIsLeftOut() throws IOException {
    Path taken = directory.resolve("taken.csv");
    Files.writeString(taken, "user,item,probability,rank\nv1,v2,0.5,1\n");
    CommandRun run = predict(taken, "csv", "--columns", "user");
    assertThat(run.code()).as(run.err()).isZero();
    CommandRun ranked = predict(taken, "csv", "--columns", "rank", "--top", "1");
    assertThat(ranked.code()).isEqualTo(2);
    assertThat(ranked.errors())
        .containsExactly(
            "error: "
                + taken
                + " has a column \"rank\", which is the name of an output column of predict;"
                + " rename it or leave it out of --columns");
  }

  private static void refused(String line, String... options) {
    CommandRun run = predict("csv", options);
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.err().lines()).containsExactly(line);
    assertThat(directory.resolve("scored" + outputs)).doesNotExist();
  }

  private static List<List<String>> records(String... options) throws IOException {
    CommandRun run = predict("csv", options);
    assertThat(run.code()).as(run.err()).isZero();
    try (Stream<Path> all = Files.list(directory.resolve("scored" + outputs))) {
      Path part =
          all.filter(p -> p.getFileName().toString().startsWith("part-")).findFirst().orElseThrow();
      return new Rfc4180(Files.readString(part)).records();
    }
  }

  private static CommandRun predict(String format, String... options) {
    return predict(input, format, options);
  }

  private static CommandRun predict(Path rows, String format, String... options) {
    String output = directory.resolve("scored" + ++outputs).toString();
    List<String> arguments =
        new ArrayList<>(List.of("predict", "--model", model.toString(), "--format", format));
    arguments.addAll(List.of("--input", rows.toString(), "--output", output));
    arguments.addAll(List.of(options));
    return CommandRun.of(arguments.toArray(String[]::new));
  }
}
