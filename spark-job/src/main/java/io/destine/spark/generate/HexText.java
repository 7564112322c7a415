package io.destine.spark.generate;

import java.nio.charset.StandardCharsets;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The texts of values: eight hexadecimal digits, a bijection of the rank for each field, so that
 * different ranks have different texts and a text reveals nothing about its rank. Immutable.
 */
final class HexText {
  private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int LENGTH = 8;

  private final int key;

  /** The texts of one field. */
  HexText(long key) {
    this.key = (int) (key >>> 32);
  }

  /** The text of a rank. */
  UTF8String of(int rank) {
    byte[] text = new byte[LENGTH];
    int word = mix(rank ^ key);
    for (int i = LENGTH - 1; i >= 0; i--) {
      text[i] = DIGITS[word & 15];
      word >>>= 4;
    }
    return UTF8String.fromBytes(text);
  }

  /**
   * Multiplies by odd factors and XORs shifted copies: each step is invertible, and spreads bits up
   * or down.
   */
  private static int mix(int word) {
    int z = word * 0x9E3779B1;
    z = (z ^ (z >>> 15)) * 0x94D049BB;
    z = (z ^ (z >>> 13)) * 0x1CE4E5B9;
    return z ^ (z >>> 16);
  }
}
