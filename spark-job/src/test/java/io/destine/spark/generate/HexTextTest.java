package io.destine.spark.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class HexTextTest {
  @Test
  void ranksHaveDifferentTextsOfEightDigits() {
    HexText text = new HexText(0x123456789abcdef0L);
    BitSet positive = new BitSet();
    BitSet negative = new BitSet();
    for (int rank = 1; rank <= 2_000_000; rank++) {
      String digits = text.of(rank).toString();
      int word = Integer.parseUnsignedInt(digits, 16);
      BitSet seen = word >= 0 ? positive : negative;
      assertThat(digits.length() == 8 && !seen.get(word & Integer.MAX_VALUE)).as(digits).isTrue();
      seen.set(word & Integer.MAX_VALUE);
    }
    // Half of them on each side, within five standard errors.
    assertThat(positive.cardinality()).isBetween(996_000, 1_004_000);
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
