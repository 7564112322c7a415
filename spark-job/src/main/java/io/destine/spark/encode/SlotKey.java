package io.destine.spark.encode;

import java.security.SecureRandom;

/**
 * Keeps tables of values fast when someone has chosen values with equal hashes. {@link
 * io.destine.feature.ByteHash} has no secret, since ids and files depend on it. A table whose
 * values lie in one another's way puts them into slots by a hash with this key instead. No result
 * depends on the key.
 */
final class SlotKey {
  /** Of this process. */
  static final long KEY = new SecureRandom().nextLong();

  /**
   * Slots that a look-up goes through before its table uses the key. In a table that is half full
   * random hashes need 256 about once in 10^20 look-ups.
   */
  static final int MOST_PROBES = 256;

  private SlotKey() {}
}
