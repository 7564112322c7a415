package io.destine.spark.encode;

import io.destine.feature.FieldLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What an encoded data set holds.
 *
 * @param fields the layout of its rows
 * @param vocabularySize V, ids of the embedding table
 * @param logicalPartitions P
 * @param rowsByPartition rows of each logical partition, [P] per split
 * @param positivesByPartition rows with label 1 of each logical partition, [P] per split
 * @param quarantined rows that could not be read
 * @param fingerprint SHA-256 of the rows' numbers, each in its place
 * @param vocabularyFingerprint of the vocabulary
 * @param encodingFingerprint of the settings and source files that the data set was made of; empty
 *     when the source is not made of files
 * @param warnings oddities of the data, one line each
 */
public record DataSetManifest(
    FieldLayout fields,
    int vocabularySize,
    int logicalPartitions,
    Map<Split, int[]> rowsByPartition,
    Map<Split, int[]> positivesByPartition,
    long quarantined,
    String fingerprint,
    String vocabularyFingerprint,
    String encodingFingerprint,
    List<String> warnings) {

  public DataSetManifest {
    rowsByPartition = Map.copyOf(rowsByPartition);
    positivesByPartition = Map.copyOf(positivesByPartition);
    warnings = List.copyOf(warnings);
  }

  /** Rows of a split. */
  public long rows(Split split) {
    return Arrays.stream(rowsByPartition.get(split)).asLongStream().sum();
  }

  /** Rows of a split with label 1. */
  public long positives(Split split) {
    return Arrays.stream(positivesByPartition.get(split)).asLongStream().sum();
  }
}
