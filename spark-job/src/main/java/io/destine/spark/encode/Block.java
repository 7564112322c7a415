package io.destine.spark.encode;

import java.io.Serializable;

/**
 * The location of a stored block of rows.
 *
 * @param rows number of rows
 * @param positives rows with label 1
 * @param file number of the file
 * @param offset of its first byte in the file
 * @param bytes length in bytes
 * @param check CRC-32C of all its bytes except the last four, which store it
 */
public record Block(int rows, int positives, int file, long offset, int bytes, int check)
    implements Serializable {
  /** A block without rows, which is in no file. */
  static final Block EMPTY = new Block(0, 0, -1, 0, 0, 0);
}
