package io.destine.kernel.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.destine.kernel.vector.VectorLanes;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The loops over lanes in plain Java and with vectors have the same bits. */
class FieldLanesTest {
  private static final int LANES = 48;

  private static FieldMatrix matrix(FieldLanes lanes, float[][] numbers) {
    FieldMatrix matrix = lanes.matrix(numbers.length);
    matrix.resize(numbers[0].length);
    for (int i = 0; i < numbers.length; i++) {
      System.arraycopy(numbers[i], 0, matrix.array(i), matrix.at(i), numbers[i].length);
    }
    return matrix;
  }

  private static float[] row(FieldMatrix matrix, int row) {
    float[] numbers = new float[matrix.step()];
    System.arraycopy(matrix.array(row), matrix.at(row), numbers, 0, numbers.length);
    return numbers;
  }

  static List<float[]> logits() {
    Random random = new Random(5);
    float[] small = new float[39];
    float[] many = new float[39];
    float[] largest = new float[39];
    float[] beyond = new float[39];
    float[] far = new float[39];
    float[] unknown = new float[39];
    for (int i = 0; i < 39; i++) {
      small[i] = (float) random.nextGaussian();
      many[i] = 7 + (float) random.nextGaussian();
      far[i] = 60 * (float) random.nextGaussian();
    }
    largest[3] = 40;
    beyond[3] = Math.nextUp(40f);
    unknown[3] = Float.NaN;
    return List.of(small, many, largest, beyond, far, unknown);
  }

  /** Includes logits whose squares add up to more than 40^2 although none exceeds 40. */
  @ParameterizedTest
  @MethodSource("logits")
  void softmaxHasTheSameBitsAndSumsToOne(float[] logits) {
    float[][] x = new float[logits.length][LANES];
    for (int i = 0; i < logits.length; i++) {
      x[i][5] = logits[i];
    }
    FieldMatrix plain = matrix(new PlainLanes(), x);
    FieldMatrix vector = matrix(new VectorLanes(), x);
    new PlainLanes().softmax(plain, 0, logits.length, 0, LANES);
    new VectorLanes().softmax(vector, 0, logits.length, 0, LANES);
    double sum = 0;
    double exponentials = 0;
    for (float logit : logits) {
      exponentials += Math.exp(logit);
    }
    for (int i = 0; i < logits.length; i++) {
      assertThat(row(plain, i)).as("row %d", i).containsExactly(row(vector, i));
      float weight = row(plain, i)[5];
      if (!Double.isNaN(exponentials)) {
        assertThat((double) weight).isCloseTo(Math.exp(logits[i]) / exponentials, within(2e-6));
      }
      sum += weight;
    }
    if (Double.isNaN(exponentials)) {
      assertThat(sum).isNaN();
    } else {
      assertThat(sum).isCloseTo(1, within(1e-5));
    }
  }

  /** For two rows of the batch, each with its own keys, values and weights. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 6, 8, 15, 31, 39, 47})
  void attentionHasTheSameBits(int fields) {
    for (int width : new int[] {1, 3, 4, 5, 8, 16, 19}) {
      Random random = new Random(width);
      float[][] vectors = new float[4 * width][2 * LANES];
      float[][] weights = new float[fields + 2][2 * LANES];
      for (float[][] each : new float[][][] {vectors, weights}) {
        for (float[] row : each) {
          for (int j = 0; j < row.length; j++) {
            row[j] = (float) random.nextGaussian();
          }
        }
      }
      FieldMatrix[] found = new FieldMatrix[4];
      int at = 0;
      for (FieldLanes lanes : List.of(new PlainLanes(), new VectorLanes())) {
        FieldMatrix a = matrix(lanes, vectors);
        FieldMatrix w = matrix(lanes, weights);
        lanes.compare(a, 0, width, w, 1, fields, width, LANES);
        lanes.mix(a, 2 * width, 3 * width, w, 1, width, fields, LANES);
        found[at++] = a;
        found[at++] = w;
      }
      for (int i = 0; i < 4 * width; i++) {
        assertThat(row(found[0], i))
            .as("width %d, row %d", width, i)
            .containsExactly(row(found[2], i));
      }
      for (int n = 0; n < fields + 2; n++) {
        assertThat(row(found[1], n))
            .as("width %d, field %d", width, n)
            .containsExactly(row(found[3], n));
      }
    }
  }

  @Test
  void rowsOfAMatrixKeepApart() {
    for (FieldMatrix matrix : List.of(FieldMatrix.together(3), FieldMatrix.apart(3))) {
      for (int step : new int[] {4, 100, 20}) {
        matrix.resize(step);
        for (int i = 0; i < 3; i++) {
          matrix.fill(i, 0, step, i);
        }
        matrix.fill(1, 1, 3, 7);
        assertThat(row(matrix, 0)).containsOnly(0).hasSize(step);
        assertThat(row(matrix, 1)).startsWith(1, 7, 7, 1);
        assertThat(row(matrix, 2)).containsOnly(2);
      }
    }
  }
}
