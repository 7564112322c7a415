package io.destine.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LaneMathTest {
  private static final int L = Lanes.LENGTH;

  /** Lanes with small logits next to lanes with large ones, which take another code path. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 39})
  void softmaxIsThatOfDoublesWhateverTheSizeOfTheLogits(int n) {
    Random random = new Random(n);
    for (int round = 0; round < 200; round++) {
      float[] s = new float[n * L];
      for (int i = 0; i < s.length; i++) {
        double size = Math.pow(10, i % L % 4);
        s[i] = (float) (size * random.nextGaussian());
      }
      float[] logits = s.clone();
      LaneMath.softmax(s, 0, n);
      for (int lane = 0; lane < L; lane++) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
          largest = Math.max(largest, logits[i * L + lane]);
        }
        double sum = 0;
        for (int i = 0; i < n; i++) {
          sum += Math.exp(logits[i * L + lane] - largest);
        }
        for (int i = 0; i < n; i++) {
          double below = largest - logits[i * L + lane];
          double expected = Math.exp(-below) / sum;
          // A float difference is off by up to half a unit in its last place.
          double bound = (1e-6 + below * 0x1p-24) * expected;
          assertThat((double) s[i * L + lane])
              .as("logit %s", logits[i * L + lane])
              .isCloseTo(expected, within(1e-37 + bound));
        }
      }
    }
  }

  @Test
  void softmaxCarriesWhatIsNotANumberOrInfiniteIntoItsLaneAlone() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      float[] s = new float[3 * L];
      s[L] = bad;
      LaneMath.softmax(s, 0, 3);
      for (int i = 0; i < s.length; i++) {
        if (i % L == 0) {
          assertThat(s[i]).isNaN();
        } else {
          assertThat(s[i]).isEqualTo(1 / 3f);
        }
      }
    }
  }

  @Test
  void gradientPassesWhereTheRectifiedIsPositive() {
    float[] s = new float[3 * L];
    float[] y = {0, 1, Float.MIN_VALUE, 7};
    System.arraycopy(y, 0, s, 0, 4);
    for (int i = 0; i < L; i++) {
      s[L + i] = -3;
    }
    LaneMath.rectifiedGradient(s, 0, L, 1, 2 * L);
    assertThat(new float[] {s[2 * L], s[2 * L + 1], s[2 * L + 2], s[2 * L + 3]})
        .containsExactly(0, -3, -3, -3);
  }
}
