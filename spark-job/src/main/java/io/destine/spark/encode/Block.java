package io.destine.spark.encode;

import java.io.Serializable;

/**
 * Where a block of rows is stored.
 *
 * @param rows in it
 * @param positives rows with label 1
 * @param file number of the file
 * @param offset of its first byte in the file
 * @param bytes that it takes
 * @param check the CRC-32C of all but the last four of them, which these hold
 */
public record Block(int rows, int positives, int file, long offset, int bytes, int check)
    implements Serializable {
  /** A block without rows, which is in no file. */
  static final Block EMPTY = new Block(0, 0, -1, 0, 0, 0);
}
