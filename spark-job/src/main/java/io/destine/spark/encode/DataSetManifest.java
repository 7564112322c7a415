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
 * @param stored the layout of the stored rows: with row numbers of side tables instead of the
 *     fields of side tables
 * @param vocabularySize V, number of ids of the embedding table
 * @param blocksBySplit location of the rows
 * @param quarantined number of rows that could not be read
 * @param sampling of the training rows
 * @param dropped training rows with label 0 that were left out
 * @param fingerprint SHA-256 of the digests of the stored blocks, in order; with side tables, of
 *     this SHA-256 and that of the vocabulary's files
 * @param vocabularyFingerprint of the vocabulary
 * @param vocabularySha256 of the vocabulary's files, see {@link StoredVocabulary#sha256}
 * @param grownFrom {@link StoredVocabulary#sha256} of the vocabulary that this one extends; empty
 *     for a vocabulary built from scratch
 * @param encodingFingerprint of the settings and of the source files, or the snapshot of the source
 *     table; empty if the source has neither
 * @param snapshot of the source table; empty if it has none
 * @param tables number of keys of the side tables, one line each
 * @param warnings about the data, one line each
 * @param columns the choice for each column; empty if the fields were configured
 * @param found crosses and rates found for this data set; those of an earlier vocabulary or of the
 *     settings are listed as fields
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
    FoundCrosses found) {

  public DataSetManifest {
    blocksBySplit = Map.copyOf(blocksBySplit);
    tables = List.copyOf(tables);
    warnings = List.copyOf(warnings);
    columns = List.copyOf(columns);
  }

  /** The effect of sampling the training rows, as a human-readable line; empty without sampling. */
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

  /** [blocks] number of rows of each block of a split. */
  public int[] rowsByBlock(Split split) {
    return blocks(split).stream().mapToInt(Block::rows).toArray();
  }

  /** Number of rows of a split. */
  public long rows(Split split) {
    return blocks(split).stream().mapToLong(Block::rows).sum();
  }

  /** Number of rows of a split with label 1. */
  public long positives(Split split) {
    return blocks(split).stream().mapToLong(Block::positives).sum();
  }
}
