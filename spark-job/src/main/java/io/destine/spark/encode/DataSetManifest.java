package io.destine.spark.encode;

import io.destine.feature.FieldLayout;
import io.destine.spark.conf.Sampling;
import io.destine.spark.source.TableSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The description of an encoded data set.
 *
 * @param fields of the network
 * @param stored the layout of its rows: without fields of side tables, with the numbers of their
 *     rows
 * @param vocabularySize V, ids of the embedding table
 * @param blocksBySplit where the rows are
 * @param quarantined rows that could not be read
 * @param sampling of the training rows
 * @param dropped training rows with label 0 that were left out
 * @param fingerprint SHA-256 of the rows' numbers, each in its place
 * @param vocabularyFingerprint of the vocabulary
 * @param vocabularySha256 of the vocabulary's files, see {@link StoredVocabulary#sha256}
 * @param grownFrom {@link StoredVocabulary#sha256} of the vocabulary that this one has grown from;
 *     empty when it was built from nothing
 * @param encodingFingerprint of the settings and source files, or the snapshot of the source table,
 *     that the data set was made of; empty when the source has neither
 * @param snapshot of the source table; empty when it has none
 * @param tables how many keys side tables have, one line each
 * @param warnings oddities of the data, one line each
 * @param columns what was chosen for each column; empty when the fields were given
 * @param crosses that were found for it; those of an earlier vocabulary or the settings are fields
 */
public record DataSetManifest(
    FieldLayout fields,
    FieldLayout stored,
    int vocabularySize,
    Map<Split, List<Block>> blocksBySplit,
    long quarantined,
    Sampling sampling,
    long dropped,
    String fingerprint,
    String vocabularyFingerprint,
    String vocabularySha256,
    Optional<String> grownFrom,
    String encodingFingerprint,
    Optional<TableSnapshot> snapshot,
    List<String> tables,
    List<String> warnings,
    List<ColumnChoice> columns,
    List<FoundCross> crosses) {

  public DataSetManifest {
    blocksBySplit = Map.copyOf(blocksBySplit);
    tables = List.copyOf(tables);
    warnings = List.copyOf(warnings);
    columns = List.copyOf(columns);
    crosses = List.copyOf(crosses);
  }

  /** The effect of the sampling of training rows, in a line for people; empty without one. */
  public Optional<String> sampled() {
    if (sampling.equals(Sampling.NONE)) {
      return Optional.empty();
    }
    List<String> what = new ArrayList<>();
    if (sampling.negatives() < 1) {
      what.add(
          String.format(
              Locale.ROOT,
              "%,d with label 0 left out (negatives = %s)",
              dropped,
              sampling.negatives()));
    }
    if (sampling.positiveWeight() != 1) {
      what.add("those with label 1 weigh " + sampling.positiveWeight() + " times as much");
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "training rows: %s; logits are shifted by %.4f",
            String.join(", ", what),
            sampling.logitShift()));
  }

  /** The blocks of a split. */
  public List<Block> blocks(Split split) {
    return blocksBySplit.get(split);
  }

  /** [B] rows by block of a split. */
  public int[] rowsByBlock(Split split) {
    return blocks(split).stream().mapToInt(Block::rows).toArray();
  }

  /** Rows of a split. */
  public long rows(Split split) {
    return blocks(split).stream().mapToLong(Block::rows).sum();
  }

  /** Rows of a split with label 1. */
  public long positives(Split split) {
    return blocks(split).stream().mapToLong(Block::positives).sum();
  }
}
