package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.SharedSpark;
import io.destine.spark.sink.TableOutput;
import io.destine.spark.train.ChildJvm;
import io.destine.testing.Full;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that predict may overwrite, and files that it must keep. */
class PredictOutputTest {
  @TempDir static Path directory;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static Path model;

  @BeforeAll
  static void train() throws IOException {
    model = ClickModel.train(directory, "model", "user", "item");
  }

  @Full(from = 2)
  @ParameterizedTest
  @ValueSource(strings = {"in%20dir", "in", "in dir", "in#1", "in=1", "é ü"})
  void neitherTheInputNorItsParentNorAChildIsWrittenOver(String name) throws IOException {
    Path parent = directory.resolve("parent of " + name);
    Path input = Files.createDirectories(parent.resolve(name));
    Files.writeString(input.resolve("rows.csv"), "user,item\nv1,v2\n");
    Path link = Files.createSymbolicLink(directory.resolve("link to " + name), input);
    String relative = Path.of("").toAbsolutePath().relativize(input).toString();
    for (String output :
        List.of(
            input.toString(),
            input + "/",
            input + "//.",
            "file:" + input,
            "file://" + input,
            relative,
            link.toString(),
            link + "/child",
            parent.toString(),
            parent + "/" + name + "/../",
            input + "/child",
            input + "/rows.csv")) {
      for (String spelling : List.of(input.toString(), input + "/", link.toString())) {
        refused("is the input|holds the input|lies inside the input", spelling, output);
      }
    }
  }

  @Test
  void aFileOfTheInputIsNotWrittenOverWhenThePathIsAPattern() throws IOException {
    Path input = Files.createDirectories(directory.resolve("many files"));
    Files.writeString(input.resolve("a 1.csv"), "user,item\nv1,v2\n");
    Files.writeString(input.resolve("a 2.csv"), "user,item\nv1,v2\n");
    refused("holds the input", input + "/a*.csv", input.toString());
    refused("is a file", input + "/a*.csv", input + "/a 1.csv");
  }

  @Test
  void neitherTheModelNorItsParentNorAChildIsWrittenOver() throws IOException {
    String input = table("rows for models.csv", 3);
    for (String output :
        List.of(
            model.toString(),
            model + "/",
            "file:" + model,
            model + "/vocabulary",
            model + "/scored",
            directory.toString())) {
      refused(
          "is the model|holds the model|lies inside .*model, which holds a model", input, output);
    }
  }

  @Test
  void aDataSetAnotherModelOrAnyOtherDirectoryOrFileIsNotWrittenOver() throws IOException {
    String input = table("rows for others.csv", 3);
    ClickModel.train(directory, "other", "user");
    Files.createDirectories(directory.resolve("notes"));
    Files.writeString(directory.resolve("notes/todo.txt"), "milk");
    Files.writeString(directory.resolve("file.txt"), "bread");
    refused("was not written by predict", input, directory.resolve("other").toString());
    refused("was not written by predict", input, directory.resolve("model.data").toString());
    refused("was not written by predict", input, directory.resolve("notes").toString());
    refused("is a file", input, directory.resolve("file.txt").toString());
    refused("is a file", input, directory.resolve("file.txt/below").toString());
    refused(
        "inside .*other, which holds a model", input, directory.resolve("other/scored").toString());
    refused(
        "inside .*model.data, which holds",
        input,
        directory.resolve("model.data/scored").toString());
  }

  @Test
  void predictionsAreWrittenOverOnlyWithTheOptionAndOnlyWhenNothingWasAdded() throws IOException {
    Path output = directory.resolve("scored twice");
    succeeds(table("three.csv", 3), output);
    refused("--overwrite", List.of(), table("five.csv", 5), output.toString());
    succeeds(table("five.csv", 5), output, "--overwrite");
    assertThat(Files.readString(output.resolve("_destine.json"))).contains("\"rows\" : 5");
    Path link = Files.createSymbolicLink(directory.resolve("link to scored"), output);
    succeeds(table("four.csv", 4), link, "--overwrite");
    assertThat(link).isSymbolicLink();
    assertThat(Files.readString(output.resolve("_destine.json"))).contains("\"rows\" : 4");
    assertThat(siblings(output)).isEmpty();

    Files.writeString(output.resolve("notes.txt"), "mine");
    refused("notes.txt", table("five.csv", 5), output.toString());
    Files.delete(output.resolve("notes.txt"));
    Files.createDirectories(output.resolve("part-of-mine"));
    refused("part-of-mine", table("five.csv", 5), output.toString());
    refused("lies inside", table("five.csv", 5), output + "/part-of-mine/scored");
  }

  @Test
  void anEmptyDirectoryIsWrittenTo() throws IOException {
    Path output = Files.createDirectories(directory.resolve("empty"));
    succeeds(table("three.csv", 3), output);
    assertThat(output.resolve("_destine.json")).exists();
  }

  @Full(from = 3)
  @ParameterizedTest
  @ValueSource(strings = {"with%20percent", "deep/er/still", "plain", "with space", "with#hash"})
  void theOutputIsWhereItsNameSays(String name) throws IOException {
    Path output = directory.resolve("outputs").resolve(name);
    succeeds(table("three.csv", 3), output);
    succeeds(table("three.csv", 3), output, "--overwrite");
    assertThat(output.resolve("_destine.json")).exists();
    assertThat(siblings(output)).isEmpty();
  }

  @Test
  void aRunThatFailsLeavesThePredictionsOfTheLastOne() throws IOException {
    Path output = directory.resolve("kept");
    succeeds(table("three.csv", 3), output);
    Map<String, String> before = contents(output);
    Path broken = Files.createDirectories(directory.resolve("broken input"));
    Files.writeString(broken.resolve("a.csv"), "user,item\nv1,v2\n");
    Files.write(broken.resolve("b.csv.gz"), new byte[] {31, (byte) 139, 8, 0, 1, 2, 3});
    CommandRun run = predict(broken.toString(), output.toString(), "--overwrite");
    assertThat(run.code()).as(run.err()).isNotZero();
    assertThat(contents(output)).isEqualTo(before);
    assertThat(siblings(output)).isEmpty();
    CommandRun fresh = predict(broken.toString(), directory.resolve("not begun").toString());
    assertThat(fresh.code()).isNotZero();
    assertThat(directory.resolve("not begun")).doesNotExist();
    assertThat(siblings(output)).isEmpty();
  }

  @Full
  @Test
  void whatAKilledRunHasLeftIsRemovedByTheNextOne() throws IOException, InterruptedException {
    Path output = Files.createDirectories(directory.resolve("after a kill")).resolve("scored");
    ChildJvm.runKilled(directory, KilledOutput.class, output.toString());
    assertThat(output).doesNotExist();
    List<String> left = siblings(output);
    assertThat(left).singleElement().asString().matches("\\.scored\\.[0-9a-f]{8}\\.new");
    assertThat(output.resolveSibling(left.get(0)).resolve("_temporary")).isDirectory();

    CommandRun run = predict(table("three.csv", 3), output.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).containsOnlyOnce("removed " + output.resolveSibling(left.get(0)));
    assertThat(siblings(output)).isEmpty();
    assertThat(Files.readString(output.resolve("_destine.json"))).doesNotContain("unfinished");
  }

  /** Changes the marker of a hidden directory. */
  private static void mark(Path hidden, Consumer<ObjectNode> change) throws IOException {
    Path marker = hidden.resolve("_destine.json");
    ObjectNode json = (ObjectNode) JSON.readTree(marker.toFile());
    change.accept((ObjectNode) json.path("unfinished"));
    Files.writeString(marker, json.toString());
    Files.deleteIfExists(hidden.resolve("._destine.json.crc"));
  }

  @Test
  void whatMayBeOfARunAtWorkOrOfSomeoneElseIsLeftAlone() throws IOException {
    Path output = Files.createDirectories(directory.resolve("at work")).resolve("scored");
    TableOutput atWork =
        new TableOutput(
            SharedSpark.session().sparkContext().hadoopConfiguration(),
            TableOutput.Kind.PREDICTIONS,
            output.toString(),
            false);
    atWork.begin(line -> {});
    Path own = output.resolveSibling(siblings(output).get(0));
    assertThat(predictsLeaving(output, own)).isEmpty();

    // A process of this number that started at another time is another one: it has ended.
    mark(own, owner -> owner.put("process_ticks", "0"));
    Path notes = Files.writeString(own.resolve("notes.txt"), "mine");
    assertThat(predictsLeaving(output, own)).contains(own.getFileName().toString());
    Files.delete(notes);

    mark(own, owner -> owner.put("host", "elsewhere"));
    assertThat(predictsLeaving(output, own)).contains(own.getFileName().toString());

    Files.delete(own.resolve("_destine.json"));
    Path old = Files.createDirectories(output.resolveSibling(".scored.0123abcd.old"));
    Path other = Files.createDirectories(output.resolveSibling(".scored.notes.new"));
    assertThat(predictsLeaving(output, own, old, other))
        .contains(own.getFileName().toString(), old.getFileName().toString())
        .doesNotContain(other.getFileName().toString());
    atWork.close();
  }

  /** Predicts once more; returns the line about hidden directories, or nothing. */
  private static String predictsLeaving(Path output, Path... left) throws IOException {
    CommandRun run = predict(table("three.csv", 3), output.toString(), "--overwrite");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).doesNotContain("removed ");
    assertThat(left).allSatisfy(path -> assertThat(path).isDirectory());
    assertThat(siblings(output)).hasSize(left.length);
    List<String> lines =
        run.err().lines().filter(line -> line.contains("left by killed runs")).toList();
    assertThat(lines).hasSizeLessThan(2);
    return String.join("", lines);
  }

  @Test
  void theOutputIsCheckedBeforeTheModelIsRead() throws IOException {
    Path file = directory.resolve("a file");
    Files.writeString(file, "x");
    for (String output : List.of(file.toString(), file + "/below", "a:b", "", "nosuch://x/y")) {
      CommandRun run =
          CommandRun.of("predict", "--model", directory + "/no model", "--output", output);
      assertThat(run.code()).as(output + run.err()).isEqualTo(2);
      assertThat(run.err().lines()).as(output).hasSize(1);
      assertThat(run.err())
          .startsWith("error: --output")
          .doesNotContain("no model")
          .contains(output.contains("://") ? "cannot be used: " : "");
    }
  }

  private static void refused(String expected, String input, String output) throws IOException {
    refused(expected, List.of("--overwrite"), input, output);
  }

  private static void refused(String expected, List<String> options, String input, String output)
      throws IOException {
    Map<String, String> before = contents(directory);
    CommandRun run = predict(input, output, options.toArray(String[]::new));
    assertThat(contents(directory)).as(output).isEqualTo(before);
    assertThat(run.code()).as(output + run.err()).isEqualTo(2);
    assertThat(run.err().lines()).as(run.err()).hasSize(1);
    assertThat(run.err()).containsPattern(expected);
  }

  private static void succeeds(String input, Path output, String... options) {
    CommandRun run = predict(input, output.toString(), options);
    assertThat(run.code()).as(run.err()).isZero();
  }

  private static CommandRun predict(String input, String output, String... options) {
    List<String> arguments =
        new ArrayList<>(List.of("predict", "--model", model.toString(), "--input", input));
    arguments.addAll(List.of("--output", output));
    arguments.addAll(Arrays.asList(options));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private static String table(String name, int rows) throws IOException {
    Path path = directory.resolve(name);
    Files.writeString(path, "user,item\n" + "v1,v2\n".repeat(rows));
    return path.toString();
  }

  /** Names of hidden files next to a path, such as those of unfinished outputs. */
  private static List<String> siblings(Path path) throws IOException {
    try (Stream<Path> all = Files.list(path.getParent())) {
      return all.map(p -> p.getFileName().toString()).filter(n -> n.startsWith(".")).toList();
    }
  }

  /** Every path below a directory with what it holds. */
  private static Map<String, String> contents(Path root) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.toList()) {
        String text =
            Files.isDirectory(path)
                ? "directory"
                : new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1);
        contents.put(root.relativize(path).toString(), text);
      }
    }
    return contents;
  }
}
