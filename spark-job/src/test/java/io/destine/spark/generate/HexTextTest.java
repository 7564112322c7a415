package io.destine.spark.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HexTextTest {
  @Test
  void ranksHaveDifferentTextsOfEightDigits() {
    HexText text = new HexText(0x123456789abcdef0L);
    int[] words = new int[2_000_000];
    for (int rank = 1; rank <= words.length; rank++) {
      String digits = text.of(rank).toString();
      if (digits.length() != 8) {
        fail(digits);
      }
      words[rank - 1] = Integer.parseUnsignedInt(digits, 16);
    }
    Arrays.sort(words);
    assertThat(IntStream.range(1, words.length).filter(n -> words[n] == words[n - 1])).isEmpty();
    // Half of them on each side, within five standard errors.
    assertThat(IntStream.of(words).filter(word -> word >= 0).count())
        .isBetween(996_000L, 1_004_000L);
  }

  /** Of two random words of 32 bits half of the bits differ; the error of the mean is 0.03. */
  @Test
  void neighbouringRanksAndFieldsHaveUnrelatedTexts() {
    double ofRanks = 0;
    double ofFields = 0;
    for (int rank = 1; rank <= 10_000; rank++) {
      int word = word(new HexText(7L << 32), rank);
      ofRanks += Integer.bitCount(word ^ word(new HexText(7L << 32), rank + 1)) / 1e4;
      ofFields += Integer.bitCount(word ^ word(new HexText(8L << 32), rank)) / 1e4;
    }
    assertThat(ofRanks).isBetween(15.0, 17.0);
    assertThat(ofFields).isBetween(15.0, 17.0);
  }

  private static int word(HexText text, int rank) {
    return Integer.parseUnsignedInt(text.of(rank).toString(), 16);
  }
}
