package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import io.destine.spark.SharedSpark;
import io.destine.testing.Full;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as a user runs them, on a small table with a known rule. */
class CommandLineTest {
  private static final int ROWS = 4000;

  @TempDir static Path directory;

  /** One row in three hundred has no usable label. */
  @BeforeAll
  static void writeTable() throws IOException {
    SharedSpark.session();
    CounterRandom random = CounterRandom.of(3, Purpose.SPLIT);
    StringBuilder csv = new StringBuilder("clicked,user,item\n");
    for (int n = 0; n < ROWS; n++) {
      int user = random.below(20, 3L * n);
      int item = random.below(30, 3L * n + 1);
      boolean click = random.uniform(3L * n + 2) < ((user + item) % 2 == 0 ? 0.8 : 0.2);
      csv.append(n % 300 == 7 ? "maybe" : click ? "1" : "0");
      csv.append(",u").append(user).append(",i").append(item).append('\n');
    }
    Files.writeString(directory.resolve("clicks.csv"), csv);
    Files.writeString(
        directory.resolve("job.conf"),
        """
        source { path = "%s", format = csv, header = true }
        label = clicked
        fields = "*"
        quarantine { max-fraction = 0.01 }
        model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1 }
        train { batch-size = 64, epochs = 6, learning-rate = 0.02, blocks-per-step = 4 }
        output { model = "%s" }
        """
            .formatted(directory.resolve("clicks.csv"), directory.resolve("model")));
  }

  private static String path(String name) {
    return directory.resolve(name).toString();
  }

  private static CommandRun train(String model, String... more) {
    List<String> arguments = new ArrayList<>(List.of("train", "--config", path("job.conf")));
    arguments.addAll(List.of("--set", "output.model=" + path(model)));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  /**
   * The best any model can do: AUC of the true probabilities, 0.8 and 0.2 for half the rows each.
   */
  @Test
  void trainLearnsTheRuleAndEvaluateReproducesItsFigures() throws IOException {
    CommandRun trained = train("learnt", "--verbose");
    assertThat(trained.code()).as(trained.err()).isZero();
    JsonNode result = trained.json();
    assertThat(result.get("auc").asDouble()).isBetween(0.75, 0.86);
    assertThat(result.get("kernel").asText()).isNotEmpty();
    assertThat(trained.err())
        .contains("rows in " + path("learnt.data") + "/quarantine")
        .containsPattern("step time: [0-9.]+ ms over [0-9,]+ steps")
        .containsPattern("  compute +[0-9.]+ ms");
    assertThat(result.at("/step_time/total_ms").asDouble()).isPositive();
    assertThat(result.get("train_rows_per_second"))
        .isEqualTo(result.at("/step_time/rows_per_second"));

    assertThat(trained.err()).contains("report: " + path("learnt") + "/report.html");
    assertThat(directory.resolve("learnt/README.md"))
        .content(StandardCharsets.UTF_8)
        .contains("\n# learnt\n")
        .contains(String.format(Locale.ROOT, "| AUC | %.4f |", result.get("auc").asDouble()));
    assertThat(directory.resolve("learnt/report.html"))
        .content(StandardCharsets.UTF_8)
        .contains(
            String.format(Locale.ROOT, "AUC %.4f on the test rows", result.get("auc").asDouble()));

    CommandRun evaluated = CommandRun.of("evaluate", "--model", path("learnt"));
    assertThat(evaluated.code()).as(evaluated.err()).isZero();
    for (String metric : List.of("auc", "log_loss", "rows", "calibration", "pr_auc")) {
      assertThat(evaluated.json().get(metric)).as(metric).isEqualTo(result.get(metric));
    }
    CommandRun told = CommandRun.of("inspect", "--model", path("learnt"), "--verify");
    assertThat(told.code()).as(told.err()).isZero();
    assertThat(told.out())
        .contains("layers.0.unary_query.weight           4 × 4\n")
        .contains("Files, all verified\n")
        .contains(String.format(Locale.ROOT, "%.4f (", result.get("auc").asDouble()))
        .contains("report.html")
        .doesNotContain("[", "null", "Config");
    CommandRun inspected = CommandRun.of("inspect", "--model", path("learnt"), "--json");
    assertThat(inspected.out().lines()).hasSize(1);
    assertThat(inspected.json().at("/tensors/layers.0.unary_query.weight").toString())
        .isEqualTo("[4,4]");
    assertThat(inspected.json().at("/files/report.html/sha256").asText()).hasSize(64);
    assertThat(inspected.json().at("/metrics/test/auc")).isEqualTo(result.get("auc"));
    assertThat(inspected.json().at("/metrics/learning").size())
        .isEqualTo(inspected.json().at("/metrics/epochs").asInt())
        .isPositive();
    assertThat(inspected.json().at("/metrics/test/intervals/auc/low").asDouble())
        .isLessThan(result.get("auc").asDouble());
    assertThat(inspected.json().at("/metrics/step_time")).isEqualTo(result.get("step_time"));
  }

  /**
   * The learning rate is so high that later epochs are worse; the best epoch is read from the log
   * lines.
   */
  @Test
  void theBestEpochIsPublishedNotTheLast() throws IOException {
    CommandRun trained =
        train(
            "best",
            "--set",
            "train.learning-rate=0.1",
            "--set",
            "crosses=none",
            "--set",
            "model.deep=[]",
            "--set",
            "model.wide=false",
            "--set",
            "train.metric=auc",
            "--set",
            "train.average=0",
            "--set",
            "train.embedding-l2=0",
            "--set",
            "train.plateau-cuts=0",
            "--set",
            "train.epochs=8");
    assertThat(trained.code()).as(trained.err()).isZero();
    List<Double> aucs =
        Pattern.compile("validation AUC ([0-9.]+)")
            .matcher(trained.err())
            .results()
            .map(match -> Double.valueOf(match.group(1)))
            .toList();
    double best = Collections.max(aucs);
    assertThat(aucs).hasSize(8);
    assertThat(aucs.get(7)).isLessThan(best);
    assertThat(trained.json().get("validation_auc").asDouble()).isCloseTo(best, within(6e-5));
    assertThat(directory.resolve("best.checkpoints")).doesNotExist();
  }

  @Full
  @Test
  void predictRefusesToOverwriteItsInputOrTheModel() throws IOException {
    assertThat(train("safe").code()).isZero();
    for (String output : List.of("clicks.csv", "safe", "")) {
      CommandRun run =
          CommandRun.of(
              "predict", "--model", path("safe"), "--output", path(output), "--overwrite");
      assertThat(run.code()).as(output).isEqualTo(2);
      assertThat(run.err())
          .containsPattern("is a file; name a directory|is the model|holds the model");
    }
    assertThat(directory.resolve("clicks.csv")).isNotEmptyFile();
    assertThat(directory.resolve("safe/manifest.json")).isNotEmptyFile();
  }

  @Test
  void mistakesAreListedAtOnceWithExitCodeTwo() {
    CommandRun wrong = train("none", "--set", "train.epochs=many", "--set", "model.haeds=2");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err())
        .contains("train.epochs")
        .contains("model.haeds")
        .contains("model.heads")
        .doesNotContain("\tat ");
    assertThat(directory.resolve("none")).doesNotExist();
  }

  @Test
  void absentFilesColumnsAndLabelsAreMistakesOfTheUser() {
    CommandRun noConfig = CommandRun.of("train", "--config", path("absent.conf"));
    assertThat(noConfig.code()).isEqualTo(2);
    assertThat(noConfig.err()).contains("absent.conf").doesNotContain("\tat ");

    CommandRun noSource = train("none", "--set", "source.path=" + path("absent.csv"));
    assertThat(noSource.code()).isEqualTo(2);
    assertThat(noSource.err()).contains("absent.csv").doesNotContain("\tat ");

    CommandRun noColumn = train("none", "--set", "label=clickd");
    assertThat(noColumn.code()).isEqualTo(2);
    assertThat(noColumn.err()).contains("clickd").contains("clicked").doesNotContain("\tat ");

    CommandRun noLabel = train("none", "--set", "label=user");
    assertThat(noLabel.code()).isEqualTo(2);
    assertThat(noLabel.err()).contains("labels are 0 and 1").doesNotContain("\tat ");

    CommandRun noModel = CommandRun.of("evaluate", "--model", path("nowhere"));
    assertThat(noModel.code()).isEqualTo(2);
    assertThat(noModel.err()).contains("nowhere").doesNotContain("\tat ");
  }

  @Test
  void anExplodingLearningRateStopsNamingTheStep() {
    CommandRun run =
        train("exploded", "--set", "train.learning-rate=1e30", "--set", "train.optimizer=sgd");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("training stopped: epoch 1, step ").doesNotContain("\tat ");
    assertThat(directory.resolve("exploded")).doesNotExist();
  }

  @Test
  void unknownCommandsAndOptionsPointToTheHelp() {
    CommandRun command = CommandRun.of("trian");
    assertThat(command.code()).isEqualTo(2);
    assertThat(command.errors())
        .containsExactly("error: unknown command \"trian\"; did you mean \"train\"?");
    assertThat(CommandRun.of("xyzzyx").errors())
        .singleElement()
        .asString()
        .contains("unknown command \"xyzzyx\"; commands are encode, train, evaluate")
        .doesNotContain("resolve");
    CommandRun option = CommandRun.of("train", "--config=x", "--confgi=x");
    assertThat(option.code()).isEqualTo(2);
    assertThat(option.errors())
        .containsExactly("error: unknown option --confgi of train; did you mean \"--config\"?");
    assertThat(option.err()).contains("--help");
    assertThat(CommandRun.of("train", "--confgi", "x").errors()).isEqualTo(option.errors());
    assertThat(CommandRun.of("train").errors())
        .containsExactly("error: Missing required option: '--config=FILE'");
    assertThat(CommandRun.of("train", "--config", "x", "more").errors())
        .containsExactly("error: unexpected word \"more\" of train");
    CommandRun help = CommandRun.of("train", "--help");
    assertThat(help.code()).isZero();
    assertThat(help.out()).contains("--config", "--set", "--debug", "--verbose");
    assertThat(CommandRun.of("help", "train").out()).isEqualTo(help.out());
    assertThat(CommandRun.of("help").out().replaceAll("\\R {11,}", " "))
        .contains("  plan ", "  Help on a command: ".strip())
        .satisfies(
            text ->
                assertThat(text.lines().filter(line -> line.matches("  [a-z]+ +[A-Z].*")))
                    .hasSizeGreaterThan(10)
                    .allMatch(line -> line.endsWith("."), "a line that is cut off"));
    assertThat(CommandRun.of("--version").out()).startsWith("DESTINE on Spark ");
  }

  @Test
  void aNormalRunHasNoLineOfNoise() {
    CommandRun run = train("quiet");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err().lines())
        .allMatch(
            line ->
                line.matches(
                    "(data|column|cross|train[.]embedding-l2|model|report|validation|test|epoch [0-9]+/[0-9]+)\\b.*"
                        + "|(reading|counting|encoding|evaluating) .* tasks, [0-9:]+"),
            run.err());
  }

  @Test
  void anUnforeseenFailureIsOneLineThatNamesTheFileOfItsTrace() throws IOException {
    String output = "output.model=nosuch://x/" + path("m");
    CommandRun scheme = train("none", "--set", output);
    assertThat(scheme.errors()).singleElement().asString().contains("nosuch");
    assertThat(scheme.err()).doesNotContain("\tat ");

    Failure failure = Failure.of(new IllegalStateException("broken", new NullPointerException()));
    assertThat(failure.code()).isEqualTo(1);
    assertThat(failure.foreseen()).isFalse();
    assertThat(failure.problems()).containsExactly("unexpected: NullPointerException");
    Path file = Failure.write(new IllegalStateException("broken")).orElseThrow();
    assertThat(file).content().contains("IllegalStateException: broken", "\tat ");
    assertThat(
            java.nio.file.attribute.PosixFilePermissions.toString(
                Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    Files.delete(file);

    CommandRun debug = train("none", "--debug", "--set", output);
    assertThat(debug.errors()).isEqualTo(scheme.errors());
    assertThat(debug.err()).contains("\tat io.destine.");
  }

  @Test
  void linesOfErrorsHoldNoSecrets() {
    Failure failure =
        Failure.of(
            new java.io.UncheckedIOException(
                "Cannot read s3a://id:hush@bucket/x?password=hush",
                new IOException("no such bucket")));
    assertThat(failure.problems())
        .containsExactly("Cannot read s3a://id:(hidden)@bucket/x?password=(hidden)");
  }

  @Test
  void whatASavedModelDoesNotHoldOfItsSecretsIsAskedFor() {
    assertThat(train("secretive", "--set", "source.options.password=pa//ss").code()).isZero();
    assertThat(directory.resolve("secretive/manifest.json")).content().doesNotContain("pa//ss");
    CommandRun evaluated = CommandRun.of("evaluate", "--model", path("secretive"));
    assertThat(evaluated.code()).isEqualTo(2);
    assertThat(evaluated.errors())
        .containsExactly(
            "error: "
                + path("secretive")
                + ": source.options.password: this secret is not stored; give it with --set"
                + " source.options.password=VALUE");
    CommandRun given =
        CommandRun.of(
            "evaluate", "--model", path("secretive"), "--set", "source.options.password=pa//ss");
    assertThat(given.code()).as(given.err()).isZero();
  }

  @Test
  void planPrintsACommandLineWithoutSecrets() throws IOException {
    CommandRun plan =
        CommandRun.of(
            "plan",
            "--config",
            path("job.conf"),
            "--rows",
            "1000",
            "--vocabulary",
            "100",
            "--set",
            "fields=[user]",
            "--set",
            "source.options.password=pa//ss",
            "--set",
            "source.path=s3a://id:hush@bucket/x");
    assertThat(plan.code()).as(plan.err()).isZero();
    assertThat(plan.err() + plan.out()).doesNotContain("pa//ss").doesNotContain("hush");
    assertThat(plan.json().get("submit").asText())
        .contains("--set 'source.options.password=(hidden)'");
  }
}
