package io.destine.spark.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TuneFileTest {
  private static final String JOB =
      """
      source { path = "clicks.csv", format = csv }
      label = clicked
      fields = [ user, item ]
      model { embedding-dim = 8 }
      output.model = "m"
      """;

  @TempDir Path directory;

  private static TuneFile tune(String section) {
    return TuneFile.parse(JOB + "tune { " + section + " }", List.of());
  }

  @Test
  void aSpaceHasListsRangesAndSingleValues() {
    TuneFile file =
        tune(
            """
            search = random, trials = 7
            model { layers = [1, 2, 2], deep = [[], [64], [128, 64]] }
            train.embedding-l2 = "log(1e-6, 0.05)"
            train.learning-rate = "uniform(0.001,0.01)"
            model.heads = "int(1, 4)"
            train.epochs = 3
            crosses = [auto, none, [[user, item]]]
            """);
    assertThat(file.settings().search()).isEqualTo(TuneConfig.Search.RANDOM);
    assertThat(file.settings().trials()).isEqualTo(7);
    assertThat(file.space())
        .containsOnly(
            Map.entry("model.layers", new Axis.Choices(List.of("1", "2"))),
            Map.entry("model.deep", new Axis.Choices(List.of("[]", "[64]", "[128,64]"))),
            Map.entry("train.embedding-l2", new Axis.Range(Axis.Scale.LOG, 1e-6, 0.05)),
            Map.entry("train.learning-rate", new Axis.Range(Axis.Scale.UNIFORM, 0.001, 0.01)),
            Map.entry("model.heads", new Axis.Range(Axis.Scale.INT, 1, 4)),
            Map.entry("train.epochs", new Axis.Choices(List.of("3"))),
            Map.entry(
                "crosses", new Axis.Choices(List.of("auto", "none", "[[\"user\",\"item\"]]"))));
  }

  @Test
  void aTrialIsTheConfigurationWithItsValues() {
    JobConfig trial =
        tune("model.layers = [1]")
            .trial(
                Map.of(
                    "model.layers",
                    "3",
                    "model.deep",
                    "[128,64]",
                    "crosses",
                    "[[user,item]]",
                    "train.embedding-l2",
                    "1.0E-4"));
    JobConfig expected =
        JobConfigReader.parse(
            JOB
                + """
                model { layers = 3, deep = [128, 64] }
                crosses = [[user, item]]
                train.embedding-l2 = 0.0001
                """,
            List.of());
    assertThat(trial).isEqualTo(expected);
    assertThat(tune("model.layers = [1]").base()).isEqualTo(JobConfigReader.parse(JOB, List.of()));
  }

  @Test
  void theTextOfATrialReadsAsTheTrialAndHasNothingToSearch() {
    TuneFile file = tune("model.layers = [1, 3], crosses = [none, [[user, item]]]");
    Map<String, String> values =
        Map.of("model.layers", "3", "crosses", "[[user,item]]", "train.learning-rate", "0.0031");
    String text = file.text(values);
    assertThat(JobConfigReader.parse(text, List.of())).isEqualTo(file.trial(values));
    assertThat(text).doesNotContain("tune").contains("\"layers\" : 3");
  }

  @Test
  void theTextOfATrialKeepsTheSpellingOfNumbers() {
    String job = JOB + "source.options.nullValue = -1.0\npositive-values = [1.0]\n";
    TuneFile file =
        TuneFile.parse(job + "tune.fields = [[user, { name = item, separator = 1.0 }]]", List.of());
    Map<String, String> values = Map.of("fields", file.space().get("fields").at(0));
    JobConfig trial = file.trial(values);
    assertThat(trial.fields().get(1).separator()).isEqualTo("1.0");
    assertThat(trial.positiveValues()).containsExactly("1.0");
    assertThat(JobConfigReader.parse(file.text(values), List.of())).isEqualTo(trial);
  }

  @Test
  void nullInAListIsTheDefault() {
    TuneFile file =
        TuneFile.parse(
            JOB + "train.embedding-l2 = 0.5\ntune.train.embedding-l2 = [null, 0.001]", List.of());
    assertThat(file.space())
        .containsOnly(Map.entry("train.embedding-l2", new Axis.Choices(List.of("null", "0.001"))));
    Map<String, String> values = Map.of("train.embedding-l2", "null");
    assertThat(file.trial(values)).isEqualTo(JobConfigReader.parse(JOB, List.of()));
    assertThat(JobConfigReader.parse(file.text(values), List.of())).isEqualTo(file.trial(values));
  }

  @Test
  void aTrialOfASectionAndOneOfItsPartsHasBoth() {
    Map<String, String> values = Map.of("crosses.max", "3", "crosses", "none");
    assertThat(tune("crosses = [none, auto], crosses.max = [3, 4]").trial(values))
        .isEqualTo(JobConfigReader.parse(JOB + "crosses { search = none, max = 3 }", List.of()));
  }

  @Test
  void otherCommandsReadTheConfigurationAndRefuseWhatIsWrongInIt() {
    assertThat(JobConfigReader.parse(JOB + "tune { model.layers = [1] }", List.of()))
        .isEqualTo(JobConfigReader.parse(JOB, List.of()));
    assertThatThrownBy(() -> JobConfigReader.parse(JOB + "tune.serch = grid", List.of()))
        .isInstanceOf(ConfigProblems.class)
        .hasMessageContaining("unknown key \"tune.serch\"; did you mean \"tune.search\"?");
    assertThatThrownBy(() -> JobConfigReader.parse(JOB + "tune.seeds = 0", List.of()))
        .hasMessageContaining("tune.seeds is 0; it must be at least 1");
  }

  @Test
  void everyProblemOfASpaceIsALineWithItsKey() {
    assertThatThrownBy(
            () ->
                tune(
                    """
                    split.seed = [1, 2]
                    train.metric = [auc, log_loss]
                    train.seed = [1, 2]
                    model.layers = []
                    train.embedding-l2 = "log(0, 1)"
                    train.learning-rate = "uniform(2, 1)"
                    model.heads = "int(0.5, 2)"
                    """))
        .isInstanceOfSatisfying(
            ConfigProblems.class,
            e ->
                assertThat(e.problems())
                    .hasSize(7)
                    .anyMatch(line -> line.contains("tune.split.seed: trials are compared on the"))
                    .anyMatch(line -> line.contains("tune.train.metric: trials are compared by it"))
                    .anyMatch(line -> line.contains("tune.train.seed: give the number of seeds"))
                    .anyMatch(line -> line.contains("tune.model.layers is an empty list"))
                    .anyMatch(line -> line.contains("tune.train.embedding-l2 is \"log(0, 1)\"; a"))
                    .anyMatch(line -> line.contains("tune.train.learning-rate is \"uniform(2, 1)"))
                    .anyMatch(line -> line.contains("tune.model.heads is \"int(0.5, 2)\"; a")));
  }

  @Test
  void aValueThatCannotBeIsNamedWithItsLine() throws IOException {
    Path file =
        Files.writeString(directory.resolve("job.conf"), JOB + "tune {\n model.layers = [x]}");
    assertThatThrownBy(() -> TuneFile.read(file, List.of()).trial(Map.of("model.layers", "x")))
        .isInstanceOf(ConfigProblems.class)
        .hasMessage(file + ":7: model.layers is \"x\"; it must be a whole number");
  }

  /** The section that docs/tuning.md shows. */
  @Test
  void theDocumentedSectionReads() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "tuning.md"));
    String section =
        page.lines()
            .dropWhile(line -> !line.equals("    tune {"))
            .takeWhile(line -> line.startsWith("    "))
            .collect(Collectors.joining("\n"));
    TuneFile file = TuneFile.parse(JOB + section, List.of());
    assertThat(file.space()).hasSize(5);
    file.space()
        .forEach((key, axis) -> assertThat(file.trial(Map.of(key, axis.at(0.5)))).isNotNull());
  }
}
