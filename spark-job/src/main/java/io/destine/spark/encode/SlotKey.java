package io.destine.spark.encode;

import java.security.SecureRandom;

/**
 * Keeps tables of values fast if an attacker has chosen values with equal hashes. {@link
 * io.destine.feature.ByteHash} has no secret, since ids and files depend on it. A table with many
 * collisions assigns slots by a hash with this key instead. No result depends on the key.
 */
final class SlotKey {
  /** The key of this process. */
  static final long KEY = new SecureRandom().nextLong();

  /**
   * Slots that a look-up probes before its table switches to the key. In a half-full table, random
   * hashes need 256 probes about once in 10^20 look-ups.
   */
  static final int MOST_PROBES = 256;

  private SlotKey() {}
}
