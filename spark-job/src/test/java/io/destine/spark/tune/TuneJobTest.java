package io.destine.spark.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.TuneFile;
import io.destine.spark.conf.UserError;
import io.destine.spark.train.TrainJob;
import io.destine.spark.train.TrainResult;
import io.destine.testing.Full;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches over a small table whose label is 1 if user and item match. */
class TuneJobTest {
  private static final String GRID = "model.layers = [1, 2], train.learning-rate = [0.003, 0.03]";

  private static final int EPOCHS = 4;

  @TempDir static Path directory;

  /** Trainings that have taken a step, by their names. */
  private final Set<String> trained = Collections.synchronizedSet(new TreeSet<>());

  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

  @BeforeAll
  static void writeTable() throws IOException {
    Random random = new Random(1);
    StringBuilder csv = new StringBuilder("clicked,user,item\n");
    for (int n = 0; n < 800; n++) {
      int user = random.nextInt(4);
      int item = random.nextInt(4);
      boolean click = user == item ^ random.nextInt(8) == 0;
      csv.append(click ? 1 : 0).append(",u").append(user).append(",i").append(item).append('\n');
    }
    Files.writeString(directory.resolve("clicks.csv"), csv);
  }

  private static TuneFile file(String model, String tune, String... overrides) {
    return TuneFile.parse(
        """
        source { path = "%s/clicks.csv", format = csv, header = true }
        label = clicked
        fields = "*"
        model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1 }
        train { batch-size = 64, epochs = %d, plateau-cuts = 9, metric = log_loss }
        output.model = "%s/%s"
        tune { %s }
        """
            .formatted(directory, EPOCHS, directory, model, tune),
        List.of(overrides));
  }

  private TuneResult run(SearchPlan plan) {
    return run(plan, lines::add, (name, step) -> {});
  }

  /** Takes the steps of a training. */
  private interface Steps {
    void taken(String training, int epoch);
  }

  private TuneResult run(SearchPlan plan, Consumer<String> log, Steps steps) {
    return new TuneJob(
            SharedSpark.session(),
            plan,
            "test",
            log,
            (name, train) ->
                new TrainingListener() {
                  @Override
                  public void stepped(int epoch, int step, int of, long n, double loss) {
                    trained.add(name);
                    steps.taken(name, epoch);
                  }
                })
        .run();
  }

  /** The curves of a search's trials, without times. */
  private static Map<Trial, List<List<EpochFigures>>> curves(TuneResult result) {
    return result.trials().stream()
        .collect(
            Collectors.toMap(
                Standing::trial, s -> s.records().stream().map(TrialRecord::curve).toList()));
  }

  /** Bits depend on the kernel, so records and checkpoints of one are not those of another. */
  @Full
  @Test
  void aSearchWithAnotherKernelTrainsItsTrialsAgain() {
    run(SearchPlan.of(file("kernels", "search = halving, model.layers = [1, 2, 3, 4]")));
    trained.clear();
    TuneResult other =
        run(
            SearchPlan.of(
                file(
                    "kernels",
                    "search = halving, model.layers = [1, 2, 3, 4]",
                    "compute.kernel=nd4j")));
    assertThat(trained).isNotEmpty();
    assertThat(other.trials()).hasSize(4);
  }

  @Test
  void aGridFindsWhatATrainingOfTheSameSettingsFinds() throws IOException {
    TuneFile file = file("grid", GRID);
    TuneResult result = run(SearchPlan.of(file));
    assertThat(result.trials()).hasSize(4).allMatch(Standing::finished);
    assertThat(trained).hasSize(4);
    Standing best = result.trials().get(0);
    assertThat(best.value().getAsDouble())
        .isEqualTo(
            result.trials().stream().mapToDouble(s -> s.value().getAsDouble()).min().getAsDouble())
        .isLessThan(result.trials().get(3).value().getAsDouble());
    TrainResult alone =
        new TrainJob(SharedSpark.session(), file.trial(result.best().values()), "test", l -> {})
            .run(TrainingListener.NONE);
    assertThat(result.bestJson().path("test").path("log_loss").asDouble())
        .isEqualTo(alone.test().logLoss().getAsDouble());
    JsonNode kept = new ObjectMapper().readTree(directory.resolve("grid.tune/tune.json").toFile());
    assertThat(kept.path("trials")).hasSize(4);
    assertThat(kept.toString()).containsOnlyOnce("\"test\"");
    assertThat(directory.resolve("grid.tune/tune.csv")).content().hasLineCount(5);
    assertThat(directory.resolve("grid.tune/tune.html")).content().contains("best of 4 trials");
    try (Stream<Path> left = Files.walk(directory.resolve("grid.tune"))) {
      assertThat(left.filter(p -> p.toString().matches(".*(safetensors|blocks|vocabulary).*")))
          .as("no model, and rows only in the place of the configuration's")
          .isEmpty();
    }
  }

  @Full
  @Test
  void anAblationChangesOneThingAndComparesTestRowsOfTheSameSeeds() {
    TuneFile file =
        file(
            "ablation",
            "search = ablation, seeds = 3, crosses = [none], train.epochs = [4, 1]",
            "model.layers=0",
            "model.deep=[]",
            "crosses=[[user,item]]",
            "train.learning-rate=0.03");
    TuneResult result = run(SearchPlan.of(file));
    Map<Trial, Standing> trials =
        result.trials().stream().collect(Collectors.toMap(Standing::trial, s -> s));
    // Four epochs are the configuration's.
    Standing configuration = trials.get(Trial.of(Map.of()));
    Standing additive = trials.get(Trial.of(Map.of("crosses", "none")));
    Standing brief = trials.get(Trial.of(Map.of("train.epochs", "1")));
    assertThat(trials.values()).containsExactlyInAnyOrder(configuration, additive, brief);
    // Without the cross nothing can see that user and item are alike.
    assertThat(Difference.of(additive, configuration, "auc").orElseThrow().high()).isNegative();
    assertThat(result.table().lines())
        .anySatisfy(line -> assertThat(line).contains("crosses=none").containsPattern("\\(-0\\."));
    assertThat(directory.resolve("ablation.tune/tune.html"))
        .content()
        .contains(Difference.of(additive, configuration, "auc").orElseThrow().words());
  }

  @Full
  @Test
  void aSearchThatWasStoppedTrainsWhatIsMissing() {
    SearchPlan plan = SearchPlan.of(file("stopped", GRID));
    Consumer<String> stop =
        line -> {
          if (line.startsWith("trial 1/4")) {
            throw new IllegalStateException("stopped");
          }
        };
    assertThatThrownBy(() -> run(plan, stop, (name, epoch) -> {})).hasMessage("stopped");
    assertThat(trained).containsExactly("trial 1");
    trained.clear();
    TuneResult result = run(plan);
    assertThat(trained).containsExactly("trial 2", "trial 3", "trial 4");
    trained.clear();
    assertThat(curves(run(plan))).isEqualTo(curves(result));
    assertThat(trained).isEmpty();
    // A wider space has the trials of the narrower one.
    run(SearchPlan.of(file("stopped", GRID.replace("[1, 2]", "[1, 2, 3]"))));
    assertThat(trained).containsExactly("trial 5", "trial 6");
    assertThat(lines)
        .filteredOn(line -> line.contains("known from an earlier run"))
        .hasSize(1 + 4 + 4);
  }

  @Test
  void aTrainingThatWasStoppedGoesOnFromItsCheckpointToTheSameFigures() {
    String one = "train.learning-rate = [0.01]";
    TuneResult whole = run(SearchPlan.of(file("whole", one)));
    Steps stop =
        (name, epoch) -> {
          if (epoch == 2) {
            throw new IllegalStateException("stopped");
          }
        };
    SearchPlan plan = SearchPlan.of(file("halted", one));
    assertThatThrownBy(() -> run(plan, lines::add, stop)).hasMessage("stopped");
    List<Integer> epochs = new ArrayList<>();
    TuneResult result = run(plan, lines::add, (name, epoch) -> epochs.add(epoch));
    assertThat(epochs).isNotEmpty().doesNotContain(0);
    assertThat(curves(result)).isEqualTo(curves(whole));
  }

  @Full
  @Test
  void halvingGoesOnWithTheBestToTheFiguresOfAWholeTraining() {
    String space = "train.learning-rate = [1e-5, 0.003, 0.01, 0.03]";
    TuneResult whole = run(SearchPlan.of(file("grid-of-4", space)));
    TuneResult halved =
        run(
            SearchPlan.of(
                file("halved", "search = halving, keep-one-in = 2, trials = 4, " + space)));
    Map<Trial, List<List<EpochFigures>>> all = curves(whole);
    List<Integer> epochs = new ArrayList<>();
    for (Standing standing : halved.trials()) {
      List<EpochFigures> curve = standing.records().get(0).curve();
      epochs.add(curve.size());
      assertThat(curve).isEqualTo(all.get(standing.trial()).get(0).subList(0, curve.size()));
    }
    assertThat(epochs).as("4 trials, of which 2, of which 1").containsExactly(4, 2, 1, 1);
    assertThat(halved.trials().get(0).state()).isEqualTo("finished");
    assertThat(halved.trials().get(3).state()).isEqualTo("stopped");
    // The slowest is the worst from its first epoch on.
    assertThat(halved.trials().get(3).trial().words()).contains("1e-5");
  }

  @Full
  @Test
  void trialsSideBySideFindTheSameWithSeveralSeedsAndEncodings() {
    String space =
        "seeds = 2, crosses = [none, [[user, item]]], train.learning-rate = [0.01, 0.03]";
    TuneResult one = run(SearchPlan.of(file("one", space)));
    TuneResult three = run(SearchPlan.of(file("three", space + ", parallel = 3")));
    assertThat(curves(three)).isEqualTo(curves(one)).hasSize(4);
    assertThat(three.best()).isEqualTo(one.best());
    assertThat(one.best().words()).as("the label is a cross").contains("user");
    assertThat(one.trials()).allMatch(s -> s.spread().isPresent());
    try (Stream<Path> data = Files.list(directory.resolve("one.tune"))) {
      assertThat(data.filter(p -> p.getFileName().toString().startsWith("data-")))
          .as("one for each encoding, none of them the configuration's")
          .hasSize(2);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aDirectoryOfOthersIsLeftAlone() throws IOException {
    Path notes = directory.resolve("others.tune/notes.txt");
    Files.createDirectories(notes.getParent());
    Files.writeString(notes, "mine");
    assertThatThrownBy(() -> run(SearchPlan.of(file("others", GRID))))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("others.tune\" holds other files, where tune keeps its trials");
    assertThat(notes).hasContent("mine");
    assertThat(trained).isEmpty();
  }

  @Test
  void aTrialThatCannotBeReadStopsTheSearchBeforeItRuns() {
    assertThatThrownBy(
            () ->
                SearchPlan.of(file("wrong", "model.layers = [1, x], train.batch-size = [64, 65]")))
        .hasMessageContaining("model.layers is \"x\"; it must be a whole number")
        .hasMessageContaining("train.batch-size is 65; it must be a multiple of 16");
    assertThatThrownBy(() -> SearchPlan.of(file("wrong", "seeds = 2")))
        .hasMessageContaining("nothing to search");
    assertThatThrownBy(
            () -> SearchPlan.of(file("wrong", "search = halving, train.epochs = [1, 2]")))
        .hasMessageContaining("tune.train.epochs: halving trains trials for a part of the epochs");
  }

  @Test
  void equalConfigurationsAreOneTrial() {
    SearchPlan plan =
        SearchPlan.of(
            file("equal", "train.learning-rate = [0.001, 1e-3, 0.01], model.layers = [1]"));
    assertThat(plan.trials())
        .containsExactly(
            Trial.of(Map.of("train.learning-rate", "0.001", "model.layers", "1")),
            Trial.of(Map.of("train.learning-rate", "0.01", "model.layers", "1")));
    assertThat(plan.rounds()).extracting(Trials.Round::trials).containsExactly(2);
  }

  private static double penalty(Standing standing) {
    return Double.parseDouble(standing.trial().values().get("train.embedding-l2"));
  }

  /** The label is a cross of two fields, which one layer without crosses has to learn. */
  @Full
  @Test
  void theQuickSearchChangesOneThingAtATimeAndEndsWithTheBest() throws IOException {
    TuneResult first = run(SearchPlan.quick(file("quick", "")));
    // The first trial sets the time of the search: trials that did not fit into it are trained now.
    change(first, numbered(first, 1), json -> json.put("seconds", 1000));
    TuneResult result = run(SearchPlan.quick(file("quick", "")));
    assertThat(result.size()).isBetween(7, 10);
    List<Standing> tried =
        result.trials().stream().sorted((a, b) -> a.number() - b.number()).toList();
    List<Double> penalties = tried.subList(0, 3).stream().map(TuneJobTest::penalty).toList();
    // 100 / training rows, of 800 rows of which about 80 % train.
    assertThat(penalties.get(0)).isBetween(100.0 / 700, 100.0 / 580);
    assertThat(penalties.get(1) / penalties.get(0)).isCloseTo(3, within(0.002));
    assertThat(penalties.get(2) / penalties.get(0)).isCloseTo(0.3, within(0.0002));
    Standing best = null;
    for (Standing standing : tried) {
      if (standing.number() > 3) {
        Set<Map.Entry<String, String>> changed =
            new HashSet<>(standing.trial().values().entrySet());
        changed.removeAll(best.trial().values().entrySet());
        assertThat(changed).hasSizeBetween(1, 2);
        assertThat(standing.finished()).isTrue();
      }
      boolean better = best == null || Standing.BEST_FIRST.compare(standing, best) < 0;
      best = better ? standing : best;
    }
    assertThat(result.best()).isEqualTo(best.trial());
    assertThat(result.trials().get(0).value().getAsDouble())
        .isLessThan(tried.get(0).value().getAsDouble());
    trained.clear();
    assertThat(curves(run(SearchPlan.quick(file("quick", ""))))).isEqualTo(curves(result));
    assertThat(trained).isEmpty();

    // The first three have taken less than nine times as long as the first, a millisecond.
    Standing leader = tried.subList(0, 3).stream().min(Standing.BEST_FIRST).orElseThrow();
    double rest = 0.0075;
    for (Standing standing : tried.subList(1, 3)) {
      double seconds = standing.equals(leader) ? 0.0005 : standing == tried.get(2) ? rest : 0.004;
      change(result, standing, json -> json.put("seconds", seconds));
      rest -= seconds;
    }
    change(result, tried.get(0), json -> json.put("seconds", 0.001));
    Path fourth = file(result, tried.get(3));
    Files.delete(fourth);
    TuneResult stopped = run(SearchPlan.quick(file("quick", "")));
    assertThat(stopped.size()).isEqualTo(4);
    assertThat(numbered(stopped, 4).state()).isEqualTo("stopped");
    assertThat(numbered(stopped, 4).trained()).isEqualTo(1);
    assertThat(stopped.best()).isNotEqualTo(numbered(stopped, 4).trial());
    assertThat(lines)
        .anyMatch(
            line ->
                line.startsWith(
                    "left out, since the search would take more than 10 times as long as its first"));

    // The best one so far is not stopped.
    Files.delete(fourth);
    for (Standing standing : tried.subList(0, 3)) {
      change(
          result,
          standing,
          json -> json.withArray("learning").forEach(epoch -> worse((ObjectNode) epoch)));
    }
    TuneResult whole = run(SearchPlan.quick(file("quick", "")));
    assertThat(whole.size()).isEqualTo(4);
    assertThat(whole.trials().get(0).number()).isEqualTo(4);
    assertThat(whole.trials().get(0).state()).isEqualTo("finished");
    assertThat(whole.testWords()).doesNotContain("-");

    change(result, tried.get(0), json -> json.put("seconds", 0.0005));
    assertThat(run(SearchPlan.quick(file("quick", ""))).size()).isEqualTo(3);
  }

  private static Standing numbered(TuneResult result, int number) {
    return result.trials().stream().filter(s -> s.number() == number).findFirst().orElseThrow();
  }

  private static void worse(ObjectNode epoch) {
    epoch.put("validation_log_loss", 9.0);
  }

  private static Path file(TuneResult result, Standing standing) {
    return Path.of(result.directory(), standing.records().get(0).hash(), "trial.json");
  }

  private static void change(TuneResult result, Standing standing, Consumer<ObjectNode> change)
      throws IOException {
    Path file = file(result, standing);
    ObjectNode json = (ObjectNode) new ObjectMapper().readTree(file.toFile());
    change.accept(json);
    Files.writeString(file, json.toString());
  }

  @Full
  @Test
  void trialsStartFromAModelAndAreTrainedAgainWhenItIsAnother() {
    for (int seed = 1; seed <= 2; seed++) {
      new TrainJob(
              SharedSpark.session(),
              file("start", GRID, "train.epochs=1", "train.seed=" + seed).base(),
              "test",
              line -> {})
          .overwriting()
          .run(TrainingListener.NONE);
      trained.clear();
      TuneFile search =
          file(
              "from-start",
              "train.learning-rate = [0.003, 0.03]",
              "train.epochs=1",
              "init-model=" + directory.resolve("start"));
      TuneResult result = run(SearchPlan.of(search));
      assertThat(trained).hasSize(2);
      lines.clear();
      TrainResult alone =
          new TrainJob(
                  SharedSpark.session(), search.trial(result.best().values()), "test", lines::add)
              .overwriting()
              .run(TrainingListener.NONE);
      assertThat(lines)
          .anySatisfy(
              line -> assertThat(line).startsWith("warm start from " + directory + "/start:"));
      assertThat(result.bestJson().path("test").path("log_loss").asDouble())
          .isEqualTo(alone.test().logLoss().getAsDouble());
    }
  }
}
