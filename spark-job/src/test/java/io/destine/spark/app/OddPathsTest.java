package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Paths given by the user that cannot be read or written: the command prints one line, not an
 * unexpected error.
 */
class OddPathsTest {
  @TempDir static Path directory;

  @BeforeAll
  static void writeRows() throws IOException {
    SharedSpark.session();
    StringBuilder csv = new StringBuilder("clicked,user,item\n");
    for (int n = 0; n < 400; n++) {
      csv.append(n % 3 == 0 ? 1 : 0).append(",u").append(n % 7).append(",i").append(n % 5);
      csv.append('\n');
    }
    Files.writeString(directory.resolve("clicks.csv"), csv);
    Files.writeString(
        directory.resolve("job.conf"),
        """
        source.path = "%s"
        label = clicked
        fields = [ user, item ]
        model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1 }
        train { batch-size = 64, epochs = 1, blocks-per-step = 2 }
        output.model = "%s"
        """
            .formatted(directory.resolve("clicks.csv"), directory.resolve("model")));
    CommandRun trained =
        CommandRun.of(
            "train",
            "--config",
            directory.resolve("job.conf").toString(),
            "--set",
            "output.model=" + directory.resolve("trained"));
    assertThat(trained.code()).as(trained.err()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "source.path=s3a://bucket/clicks.csv | hadoop-aws",
        "output.model=s3a://bucket/model | hadoop-aws",
        "source.path=http://127.0.0.1:1/clicks.csv | http",
        "source.path=nosuch://host/clicks.csv | nosuch",
        "output.model=nosuch://host/model | nosuch",
        "output.model=runs/a:b | a:b",
        "output.model=a:b | a:b",
        "output.data=file:/// | output.data",
        "output.model=/ | output.model",
        "output.data=// | output.data",
        "source.path=a:b.csv | a:b.csv",
        "output.model=http://127.0.0.1:1/model | http addresses cannot be written",
        "output.data=https://127.0.0.1:1/data | https addresses cannot be written; name a path of hdfs",
      })
  void aPlaceThatCannotBeUsedIsNamedInOneLine(String setting, String part) {
    for (String command : List.of("train", "encode")) {
      if (command.equals("encode") && setting.startsWith("output.model")) {
        continue;
      }
      List<String> all = new ArrayList<>(List.of(command));
      all.addAll(List.of("--config", directory.resolve("job.conf").toString(), "--set", setting));
      CommandRun run = CommandRun.of(all.toArray(String[]::new));
      assertThat(run.errors()).as(run.err()).singleElement().asString().contains(part);
      assertThat(run.err()).doesNotContain("unexpected").doesNotContain("\tat ");
      assertThat(run.code()).as(run.err()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "predict --model MODEL --input CLICKS",
        "generate --rows 10",
        "export --model MODEL --format onnx",
        "average --models MODEL,MODEL.copy",
      })
  void whatCannotBeWrittenToTheWebIsOneLineForEveryCommand(String command) {
    String output = "http://127.0.0.1:1/out";
    String model = directory.resolve("trained").toString();
    String input = directory.resolve("clicks.csv").toString();
    String line = command.replace("MODEL", model).replace("CLICKS", input);
    CommandRun run = CommandRun.of((line + " --output " + output).split(" "));
    assertThat(run.errors())
        .as(run.err())
        .singleElement()
        .asString()
        .contains("--output", output, "http addresses cannot be written; name a path of hdfs");
    assertThat(run.code()).as(run.err()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "predict --model MODEL --input CLICKS --output DIR/a:b | a name must have no colon",
        "predict --model MODEL --input a:b.csv --output DIR/out | is not a path",
        "predict --model a:b --output DIR/out | a:b",
        "generate --rows 10 --output DIR/a:b | a name must have no colon",
        "export --model MODEL --format onnx --output DIR/a:b | a name must have no colon",
        "export --model MODEL --format archive --output DIR/a:b | a name must have no colon",
        "export --model MODEL --format triton --output DIR/a:b | a name must have no colon",
        "average --models MODEL,MODEL --output DIR/a:b | a name must have no colon",
        "evaluate --model MODEL --input a:b.csv | write ./ before",
        "evaluate --model a:b | write ./ before",
        "inspect --model a:b | write ./ before",
      })
  void aNameWithAColonIsOneLineForEveryCommand(String command, String part) {
    String line =
        command
            .replace("MODEL", directory.resolve("trained").toString())
            .replace("CLICKS", directory.resolve("clicks.csv").toString())
            .replace("DIR", directory.toString());
    CommandRun run = CommandRun.of(line.split(" "));
    assertThat(run.errors()).as(run.err()).singleElement().asString().contains(part, "a:b");
    assertThat(run.err()).doesNotContain("unexpected").doesNotContain("\tat ");
    assertThat(run.code()).as(run.err()).isEqualTo(2);
  }
}
