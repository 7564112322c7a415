package io.destine.spark.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.destine.spark.conf.Axis;
import io.destine.spark.conf.UserError;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TrialsTest {
  private static final String LAYERS = "model.layers";
  private static final String RATE = "train.learning-rate";
  private static final Axis TWO = new Axis.Choices(List.of("1", "2"));
  private static final Axis LOG = new Axis.Range(Axis.Scale.LOG, 1e-4, 1);

  private static SortedMap<String, Axis> space(Map<String, Axis> axes) {
    return new TreeMap<>(axes);
  }

  @Test
  void aGridHasEveryCombinationOnceAndTheLastKeyChangesFastest() {
    Axis deep = new Axis.Choices(List.of("[]", "[64]", "[128,64]"));
    assertThat(Trials.grid(space(Map.of(LAYERS, TWO, "model.deep", deep))))
        .extracting(Trial::words)
        .containsExactly(
            "model.deep=[] model.layers=1",
            "model.deep=[] model.layers=2",
            "model.deep=[64] model.layers=1",
            "model.deep=[64] model.layers=2",
            "model.deep=[128,64] model.layers=1",
            "model.deep=[128,64] model.layers=2");
  }

  @Test
  void aGridOfARangeIsRefusedByItsKey() {
    assertThatThrownBy(() -> Trials.grid(space(Map.of(RATE, LOG))))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("tune.train.learning-rate is a range")
        .hasMessageContaining("tune.search = random");
  }

  @Test
  void anAblationHasTheConfigurationAndEachValueAlone() {
    Axis deep = new Axis.Choices(List.of("[]", "[128,64]"));
    assertThat(Trials.ablation(space(Map.of(LAYERS, TWO, "model.deep", deep))))
        .extracting(Trial::words)
        .containsExactly(
            "the configuration as it is",
            "model.deep=[]",
            "model.deep=[128,64]",
            "model.layers=1",
            "model.layers=2");
    assertThatThrownBy(() -> Trials.ablation(space(Map.of(RATE, LOG))))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("tune.train.learning-rate is a range");
  }

  @Test
  void moreDrawsBeginWithFewerAndAnotherSettingLeavesTheOthers() {
    SortedMap<String, Axis> one = space(Map.of(RATE, LOG));
    List<Trial> ten = Trials.random(one, 10, 5);
    assertThat(ten).hasSize(10).doesNotHaveDuplicates();
    assertThat(Trials.random(one, 4, 5)).isEqualTo(ten.subList(0, 4));
    assertThat(Trials.random(one, 10, 6)).isNotEqualTo(ten);
    assertThat(Trials.random(space(Map.of(RATE, LOG, LAYERS, TWO)), 10, 5))
        .extracting(trial -> trial.values().get(RATE))
        .isEqualTo(ten.stream().map(trial -> trial.values().get(RATE)).toList());
  }

  @Test
  void aSpaceWithFewTrialsGivesEachOnce() {
    assertThat(Trials.random(space(Map.of(LAYERS, TWO)), 20, 1))
        .extracting(Trial::words)
        .containsExactlyInAnyOrder("model.layers=1", "model.layers=2");
  }

  /** Half of the draws of log(1e-4, 1) are below 1e-2, a quarter below 1e-3. */
  @Test
  void aLogRangeIsEvenInTheLogarithm() {
    List<Double> drawn =
        Trials.random(space(Map.of(RATE, LOG)), 2000, 3).stream()
            .map(trial -> Double.valueOf(trial.values().get(RATE)))
            .toList();
    assertThat(List.of(LOG.at(0), LOG.at(0.5), LOG.at(0.75)))
        .containsExactly("0.0001", "0.01", "0.1");
    assertThat(drawn).hasSize(2000).allMatch(value -> value >= 1e-4 && value <= 1);
    double error = 4 * Math.sqrt(0.25 / 2000);
    assertThat(drawn.stream().filter(v -> v < 1e-2).count() / 2000.0).isCloseTo(0.5, within(error));
    assertThat(drawn.stream().filter(v -> v < 1e-3).count() / 2000.0)
        .isCloseTo(0.25, within(error));
  }

  @Test
  void aRangeOfWholeNumbersReachesBothEndsEvenly() {
    Axis axis = new Axis.Range(Axis.Scale.INT, 2, 4);
    assertThat(List.of(axis.at(0), axis.at(0.34), axis.at(0.67), axis.at(Math.nextDown(1.0))))
        .containsExactly("2", "3", "4", "4");
  }

  @Test
  void roundsTrainAThirdOfTheTrialsForThreeTimesTheEpochs() {
    assertThat(Trials.rounds(27, 12, 3))
        .containsExactly(new Trials.Round(27, 2), new Trials.Round(9, 4), new Trials.Round(3, 12));
    assertThat(Trials.rounds(10, 9, 3))
        .containsExactly(new Trials.Round(10, 1), new Trials.Round(3, 3), new Trials.Round(1, 9));
    assertThat(Trials.rounds(2, 12, 3)).containsExactly(new Trials.Round(2, 12));
    assertThat(Trials.rounds(8, 4, 2))
        .containsExactly(new Trials.Round(8, 1), new Trials.Round(4, 2), new Trials.Round(2, 4));
  }
}
