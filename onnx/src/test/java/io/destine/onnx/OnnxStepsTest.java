package io.destine.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.feature.FieldSpec;
import io.destine.feature.FittedField;
import io.destine.feature.FittedFields;
import io.destine.feature.Transform;
import io.destine.feature.Vocabulary;
import io.destine.feature.VocabularyBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Ids of numbers from step functions, compared with the encoder's ids. */
class OnnxStepsTest {
  private static Vocabulary vocabulary(FittedField field, List<String> values) {
    VocabularyBuilder builder = Vocabulary.builder(List.of(field.spec().name()), 1).reserve(0);
    values.forEach(value -> builder.add(0, value));
    return builder.build();
  }

  private static void agrees(FittedField field, List<String> values, Iterable<Double> numbers) {
    Vocabulary vocabulary = vocabulary(field, values);
    StepFunction steps = StepFunction.of(field, vocabulary, 0).orElseThrow();
    for (double x : numbers) {
      int place = 0;
      while (place < steps.bounds().length && steps.bounds()[place] <= x) {
        place++;
      }
      assertThat(steps.ids()[place]).as("%s", x).isEqualTo(vocabulary.id(0, field.value(x)));
    }
  }

  /** 200 doubles on either side of every number. */
  private static List<Double> around(double... numbers) {
    List<Double> all = new ArrayList<>();
    for (double number : numbers) {
      double down = number;
      double up = number;
      for (int n = 0; n < 200; n++) {
        all.add(down);
        all.add(up);
        down = Math.nextDown(down);
        up = Math.nextUp(up);
      }
    }
    all.removeIf(x -> !Double.isFinite(x));
    return all;
  }

  @Test
  void logSquaredBucketsBeginAtTheSameDoubles() {
    FittedField field = FittedField.of(FieldSpec.numeric("x", Transform.LOG_SQUARED));
    List<String> values =
        new ArrayList<>(
            IntStream.range(0, 900).filter(b -> b % 7 != 3).mapToObj(Integer::toString).toList());
    values.addAll(List.of("400000", "503790", "503791", "9999999", "3.5", "=2", "=1", "=0"));
    values.addAll(List.of("=-1", "=-3", "=3", "=9007199254740993", "=-1.0E20", "word", "=word"));
    double[] edges =
        IntStream.rangeClosed(1, 900).mapToDouble(b -> StrictMath.exp(Math.sqrt(b))).toArray();
    agrees(field, values, around(edges));
    agrees(field, values, around(-4, -3, -2, -1, -0.0, 0, 1, 2, 3, -1e20, 1e300));
    agrees(
        field, values, around(Math.exp(Math.sqrt(400000)), Double.MAX_VALUE, -9007199254740993.0));
  }

  @Test
  void quantilesCountTheCutsBelow() {
    double[] cuts = {-1e300, -5, -0.0, 0.1, 7, 1e16, Double.MAX_VALUE};
    FittedField field = FittedField.quantile(FieldSpec.quantile("x", 8), cuts);
    agrees(field, List.of("0", "2", "3", "7", "5"), around(cuts));
  }

  @Test
  void numbersAsValuesAreFoundByTheirTexts() {
    FittedField field = FittedField.of(FieldSpec.numeric("x", Transform.NONE));
    Random random = new Random(2);
    List<String> values = new ArrayList<>(List.of("0", "-7", "0.1", "1.0E20", "3.0", "1e3", "-0"));
    List<Double> numbers = around(0, -7, 0.1, 1e20, 3, 1000);
    for (int n = 0; n < 500; n++) {
      double x = random.nextGaussian();
      values.add(field.value(x));
      numbers.addAll(List.of(x, Math.nextUp(x), Math.nextDown(x)));
    }
    agrees(field, values, numbers);
  }

  @Test
  void idsThatAHashChoosesAreNoSteps() {
    FittedField field = FittedField.of(FieldSpec.numeric("x", Transform.NONE));
    Vocabulary several = Vocabulary.builder(List.of("x"), 2).reserve(0).build();
    assertThat(StepFunction.of(field, several, 0)).isEmpty();
    Vocabulary hashed = Vocabulary.builder(List.of("x"), 1).reserve(0, 5).build();
    assertThat(StepFunction.of(field, hashed, 0)).isEmpty();
    assertThat(new FittedFields(List.of(field)).layout().singles()).isEqualTo(1);
  }
}
