package io.destine.spark.encode;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * The blocks of all splits.
 *
 * @param blocks by split
 * @param fingerprint SHA-256 of the SHA-256 digests of all blocks, in order
 */
record StoredRows(Map<Split, List<Block>> blocks, String fingerprint) {

  /** From the written blocks, in any order. */
  static StoredRows of(List<BlockFile.Written> written, BlockPlan plan) {
    Block[] blocks = new Block[plan.blocks()];
    byte[][] digests = new byte[plan.blocks()][];
    Arrays.fill(blocks, Block.EMPTY);
    for (BlockFile.Written each : written) {
      blocks[each.number()] = each.block();
      digests[each.number()] = each.sha256();
    }
    MessageDigest all = NumberedShard.sha256();
    Map<Split, List<Block>> bySplit = new EnumMap<>(Split.class);
    for (Split split : Split.values()) {
      int first = plan.first(split.ordinal());
      int end = first + plan.blocks(split.ordinal());
      all.update((byte) split.ordinal());
      for (int b = first; b < end; b++) {
        all.update(digests[b] == null ? new byte[1] : digests[b]);
      }
      bySplit.put(split, List.of(blocks).subList(first, end));
    }
    return new StoredRows(bySplit, HexFormat.of().formatHex(all.digest()));
  }
}
