package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.SharedSpark;
import io.destine.spark.train.TreeDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model from elsewhere is data: its settings run no code and read no secrets unasked. */
class ForeignModelTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RAN = "destine.foreign.model";
  private static final String TABLE = "rows_of_a_foreign_model";

  @TempDir static Path directory;
  private static int copies;

  @BeforeAll
  static void trainAModel() throws IOException {
    ClickModel.train(directory, "model", "user", "item");
    SparkSession spark = SharedSpark.session();
    spark
        .read()
        .option("header", true)
        .csv(directory.resolve("model-clicks.csv").toString())
        .write()
        .saveAsTable(TABLE);
  }

  @AfterAll
  static void dropTable() {
    SharedSpark.session().sql("drop table if exists " + TABLE);
    System.clearProperty(RAN);
  }

  /** A copy of the model with another source. */
  private static Path model(Consumer<ObjectNode> source) throws IOException {
    Path copy = directory.resolve("foreign-" + copies++);
    copy(directory.resolve("model"), copy, job -> source.accept((ObjectNode) job.get("source")));
    return copy;
  }

  /** Copies a model with another job in its manifest, the digest repaired. */
  static void copy(Path model, Path copy, Consumer<ObjectNode> job) throws IOException {
    TreeDigest.copy(model, copy);
    Path file = copy.resolve("manifest.json");
    ObjectNode manifest = (ObjectNode) JSON.readTree(file.toFile());
    job.accept((ObjectNode) manifest.get("job"));
    byte[] bytes = JSON.writeValueAsBytes(manifest);
    for (String name : List.of("manifest.json", "manifest.sha256")) {
      Files.deleteIfExists(copy.resolve("." + name + ".crc"));
    }
    Files.write(file, bytes);
    Files.writeString(copy.resolve("manifest.sha256"), sha256(bytes) + "  manifest.json\n");
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static CommandRun run(Path model, String... command) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(List.of("--model", model.toString()));
    return CommandRun.of(all.toArray(String[]::new));
  }

  private static void assertAsksForTrust(CommandRun run, String setting) {
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.errors())
        .singleElement()
        .asString()
        .contains(" sets " + setting)
        .contains("--trust-model");
  }

  @ParameterizedTest
  @ValueSource(strings = {"reflect", "java_method", "try_reflect"})
  void aConditionRunsNoCode(String function) throws IOException {
    String call = function + "('java.lang.System', 'setProperty', '" + RAN + "', 'yes')";
    Path model = inTable("user = 'v1' or " + call + " is not null");
    assertAsksForTrust(run(model, "evaluate", "--split", "all"), "source.where with " + function);
    assertAsksForTrust(run(model, "explain"), "source.where with " + function);
    assertAsksForTrust(
        run(model, "predict", "--output", directory + "/out"), "source.where with " + function);
    assertThat(System.getProperty(RAN)).isNull();
    CommandRun others = run(model, "evaluate", "--table", TABLE, "--where", "user = 'v2'");
    assertThat(others.code()).as(others.err()).isZero();
    assertThat(System.getProperty(RAN)).isNull();
  }

  private static Path inTable(String where) throws IOException {
    return model(
        source -> {
          source.remove(List.of("path", "format", "header"));
          source.put("table", TABLE).put("where", where);
        });
  }

  @Test
  void aConditionThatReadsOtherTablesAsksForTrust() throws IOException {
    Path model = inTable("user in (select user from " + TABLE + ")");
    assertAsksForTrust(run(model, "evaluate", "--split", "all"), "source.where with a query");
    CommandRun trusted = run(model, "evaluate", "--split", "all", "--trust-model");
    assertThat(trusted.code()).as(trusted.err()).isZero();
    CommandRun given =
        run(model, "evaluate", "--split", "all", "--set", "source.where=user in ('v1', 'v2')");
    assertThat(given.code()).as(given.err()).isZero();
    Path plain = inTable("lower(user) between 'v1' and 'v3' and not item = 'v0' or user is null");
    CommandRun evaluated = run(plain, "evaluate", "--split", "all");
    assertThat(evaluated.code()).as(evaluated.err()).isZero();
  }

  @Test
  void otherFormatsAndOptionsAskForTrust() throws IOException {
    Path format = model(source -> source.put("format", "com.example.Evil").put("header", false));
    assertAsksForTrust(run(format, "evaluate"), "source.format = com.example.Evil");
    Path option =
        model(source -> source.putObject("options").put("fs.file.impl", "com.example.Evil"));
    assertAsksForTrust(run(option, "evaluate"), "source.options.fs.file.impl");
    assertAsksForTrust(
        run(option, "evaluate", "--input", directory + "/model-clicks.csv"),
        "source.options.fs.file.impl");
    // Objects are merged, so this does not replace the model's option.
    assertAsksForTrust(
        run(option, "evaluate", "--set", "source.options={sep=\",\"}"),
        "source.options.fs.file.impl");
    String own = "org.apache.hadoop.fs.LocalFileSystem";
    for (String given :
        List.of(
            "source.options.fs.file.impl=" + own,
            "source.options={\"fs.file.impl\"=" + own + "}",
            "source={options={fs.file.impl=" + own + "}}")) {
      CommandRun evaluated = run(option, "evaluate", "--set", given);
      assertThat(evaluated.code()).as(evaluated.err()).isZero();
    }
    Path known = model(source -> source.putObject("options").put("sep", ","));
    CommandRun evaluated = run(known, "evaluate");
    assertThat(evaluated.code()).as(evaluated.err()).isZero();
  }

  /** Without trust, not even an undefined variable is looked up. */
  @ParameterizedTest
  @ValueSource(strings = {"${HOME}", "${NO_SUCH_VARIABLE_OF_A_MODEL}"})
  void theEnvironmentIsReadOnlyWhenAsked(String text) throws IOException {
    Path model = model(source -> source.putObject("options").put("password", text));
    String input = directory + "/model-clicks.csv";
    assertAsksForTrust(run(model, "evaluate"), "source.options.password");
    assertAsksForTrust(
        run(model, "predict", "--input", input, "--output", directory + "/out"),
        "source.options.password");
    CommandRun trusted = run(model, "evaluate", "--input", input, "--trust-model");
    assertThat(trusted.code()).as(trusted.err()).isEqualTo(text.contains("HOME") ? 0 : 2);
    assertThat(trusted.err()).doesNotContain(" sets source.options");
  }
}
