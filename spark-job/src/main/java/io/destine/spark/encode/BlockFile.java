package io.destine.spark.encode;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.spark.store.Storage;
import io.destine.spark.store.TaskDirectory;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import scala.Tuple2;

/** Files of consecutive blocks. */
final class BlockFile {
  private BlockFile() {}

  /**
   * A block that was written.
   *
   * @param number across all splits
   * @param sha256 of its bytes
   */
  record Written(int number, Block block, byte[] sha256) implements Serializable {}

  static Path path(String rows, int file) {
    return new Path(rows, String.format(Locale.ROOT, "part-%05d.blocks", file));
  }

  /** Writes the blocks of a task from the packets received for them, see {@link TaskDirectory}. */
  static Iterator<Written> write(
      Configuration hadoop,
      String directory,
      int file,
      Iterator<Tuple2<Integer, byte[]>> packets,
      FieldLayout layout,
      BlockPlan plan) {
    RowPackets rows = new RowPackets(layout, false, false);
    packets.forEachRemaining(packet -> rows.add(packet._2()));
    int[] numbers = rows.blocks();
    List<Written> written = new ArrayList<>();
    if (numbers.length == 0) {
      return written.iterator();
    }
    int[][] rowsOf = rows.rowsOf(numbers);
    MessageDigest digest = NumberedShard.sha256();
    Path path = path(directory, file);
    TaskDirectory files = TaskDirectory.of(hadoop, directory);
    try (OutputStream out = files.create(path.getName())) {
      long offset = 0;
      for (int i = 0; i < numbers.length; i++) {
        EncodedBatch block =
            rows.block(rowsOf[i], numbers[i] - plan.first(split(plan, numbers[i])));
        rowsOf[i] = null;
        byte[] bytes = BlockFormat.write(block, layout);
        out.write(bytes);
        Block where =
            new Block(
                block.rows(),
                positives(block),
                file,
                offset,
                bytes.length,
                BlockFormat.check(bytes));
        written.add(new Written(numbers[i], where, digest.digest(bytes)));
        offset += bytes.length;
      }
    } catch (IOException e) {
      throw Storage.failure("write", path, e);
    }
    files.finish(path.getName());
    return written.iterator();
  }

  private static int split(BlockPlan plan, int number) {
    int split = 0;
    while (number >= plan.first(split) + plan.blocks(split)) {
      split++;
    }
    return split;
  }

  private static int positives(EncodedBatch block) {
    int positives = 0;
    for (float label : block.labels()) {
      positives += label == 1 ? 1 : 0;
    }
    return positives;
  }

  /**
   * Reads a non-empty block.
   *
   * @throws IllegalArgumentException if the file contains something else
   */
  static EncodedBatch read(
      Configuration hadoop, String directory, Block block, FieldLayout layout) {
    Path path = path(directory, block.file());
    byte[] bytes = new byte[block.bytes()];
    try (FSDataInputStream in = Storage.of(hadoop, path).open(path)) {
      in.readFully(block.offset(), bytes);
    } catch (IOException e) {
      if (Storage.isDamage(e)) {
        throw new IllegalArgumentException(path + ": " + e.getMessage(), e);
      }
      throw Storage.failure("read", path, e);
    }
    EncodedBatch batch;
    try {
      batch = BlockFormat.read(bytes, layout);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          path + ": at byte " + block.offset() + ", " + e.getMessage(), e);
    }
    if (BlockFormat.check(bytes) != block.check()) {
      throw new IllegalArgumentException(
          "%s: checksum of the block at byte %d must be %08x, got %08x"
              .formatted(path, block.offset(), block.check(), BlockFormat.check(bytes)));
    }
    return batch;
  }
}
