package io.destine.spark.encode;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.spark.conf.UserError;
import java.io.UncheckedIOException;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The blocks of a split in the files of a data set. Executors fetch this object once, since the
 * file system's settings alone take more bytes than the rest of a task.
 *
 * @param blocks their locations
 * @param fingerprint of the data set; rows of a different one in its directory are rejected
 */
record StoredBlocks(
    SerializableConfiguration hadoop,
    String directory,
    Block[] blocks,
    FieldLayout layout,
    String fingerprint)
    implements BlockReader {

  @Override
  public int[] rows() {
    int[] rows = new int[blocks.length];
    for (int b = 0; b < rows.length; b++) {
      rows[b] = blocks[b].rows();
    }
    return rows;
  }

  /** A failure may be caused by a replaced data set, which the manifest shows. */
  @Override
  public EncodedBatch read(int block) {
    try {
      return BlockFile.read(
          hadoop.value(), EncodedDataSet.rowsPath(directory), blocks[block], layout);
    } catch (UncheckedIOException e) {
      requireSame();
      throw e;
    } catch (IllegalArgumentException e) {
      requireSame();
      throw new UserError(
          "encoded data set "
              + directory
              + " is damaged: "
              + e.getMessage()
              + "; remove the directory, and its rows are encoded again");
    }
  }

  private void requireSame() {
    if (EncodedDataSet.manifest(hadoop.value(), directory)
        .filter(manifest -> manifest.fingerprint().equals(fingerprint))
        .isEmpty()) {
      throw new UserError(EncodedDataSet.replaced(directory));
    }
  }
}
