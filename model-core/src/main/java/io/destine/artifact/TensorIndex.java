package io.destine.artifact;

import java.util.List;
import java.util.SortedMap;

/**
 * The file of each tensor. {@code weight_map} and {@code total_size} are the same as in the index
 * files that safetensors libraries read; {@code tables} adds the shards of each parameter table.
 *
 * @param metadata sizes and tables
 * @param weightMap tensor to file
 */
record TensorIndex(Metadata metadata, SortedMap<String, String> weightMap) {
  /**
   * Sizes and tables.
   *
   * @param totalSize bytes of all elements
   * @param tables parameter tables by name
   */
  record Metadata(long totalSize, SortedMap<String, Table> tables) {}

  /**
   * One parameter table.
   *
   * @param dtype element type
   * @param rows V
   * @param width numbers per row
   * @param shards its pieces in order
   */
  record Table(DataType dtype, int rows, int width, List<Shard> shards) {}

  /**
   * Rows {@code firstRow} up to, not including, {@code endRow} of a table.
   *
   * @param tensor name of the tensor that holds them
   * @param file its file
   * @param firstRow inclusive
   * @param endRow exclusive
   */
  record Shard(String tensor, String file, int firstRow, int endRow) {}
}
