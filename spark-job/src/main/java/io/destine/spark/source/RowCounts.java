package io.destine.spark.source;

import io.destine.spark.conf.EncodingConfig;
import io.destine.spark.conf.SplitConfig;
import io.destine.spark.conf.UserError;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Numbers of good rows of a source, by split and label, and of bad rows, and the check of whether
 * the rows can be used for training.
 */
public final class RowCounts {
  private static final String[] SPLITS = {"train", "validation", "test"};
  private static final int REASONS_SHOWN = 3;

  /** The reason with a remedy, and then the others in alphabetical order. */
  private static final Comparator<String> UNEVEN_FIRST =
      Comparator.comparing((String reason) -> !reason.equals(SourceTable.UNEVEN))
          .thenComparing(Comparator.naturalOrder());

  private final long[][] good = new long[SPLITS.length][2];
  private long dropped;
  private long bad;
  private final List<String> reasons;

  private RowCounts(List<String> reasons) {
    this.reasons = reasons;
  }

  /**
   * The given counts.
   *
   * @param good [3][2] good rows by split and label
   * @param dropped good rows that are left out
   * @param bad number of bad rows
   * @param reasons of some bad rows
   */
  public static RowCounts of(long[][] good, long dropped, long bad, List<String> reasons) {
    RowCounts result =
        new RowCounts(
            reasons.stream().distinct().sorted(UNEVEN_FIRST).limit(REASONS_SHOWN).toList());
    result.dropped = dropped;
    result.bad = bad;
    for (int split = 0; split < SPLITS.length; split++) {
      System.arraycopy(good[split], 0, result.good[split], 0, 2);
    }
    return result;
  }

  /** Number of bad rows. */
  public long bad() {
    return bad;
  }

  /** Number of good rows of all splits. */
  public long good() {
    long total = 0;
    for (long[] labels : good) {
      total += labels[0] + labels[1];
    }
    return total;
  }

  /** Number of good rows of a split: 0 training, 1 validation, 2 test. */
  public long good(int split) {
    return good[split][0] + good[split][1];
  }

  /** Number of good rows with label 1. */
  public long positives() {
    long total = 0;
    for (long[] labels : good) {
      total += labels[1];
    }
    return total;
  }

  /**
   * Stops a job with too many bad rows, or with splits on which a model cannot be trained and
   * evaluated.
   *
   * @param name of the source, for messages
   * @throws UserError naming counts, reasons or the split
   */
  public void check(EncodingConfig config, String name) {
    long total = good() + dropped + bad;
    if (total == 0) {
      throw new UserError(name + ": there are no rows");
    }
    if (bad > config.quarantine().maxFraction() * total) {
      throw new UserError(
          String.format(
              Locale.ROOT,
              "%s: %,d of %,d rows cannot be read, a share of %.4f (quarantine.max-fraction allows"
                  + " %s): %s%s",
              name,
              bad,
              total,
              (double) bad / total,
              config.quarantine().maxFraction(),
              String.join("; ", reasons),
              reasons.contains(SourceTable.UNEVEN)
                  ? "; if values hold line breaks, set source.options.multiLine = true"
                  : ""));
    }
    List<String> problems = new ArrayList<>();
    for (int split = 0; split < SPLITS.length; split++) {
      if (wanted(config.split(), split) && good[split][0] + good[split][1] == 0) {
        problems.add(
            "split " + SPLITS[split] + ": there are no rows in it; check the split settings");
      }
    }
    long[] training = good[0];
    if (problems.isEmpty() && (training[0] == 0 || training[1] == 0)) {
      double negatives = config.sampling().negatives();
      String reason =
          training[0] == 0 && negatives < 1 && dropped > 0
              ? "negatives = " + negatives + " leaves no row with label 0"
              : "the label \""
                  + config.label()
                  + "\" is "
                  + (training[0] == 0 ? 1 : 0)
                  + " in every row";
      problems.add("split train: " + reason + "; training needs rows of both labels");
    }
    if (!problems.isEmpty()) {
      throw new UserError(problems);
    }
  }

  /** One line for each validation or test split whose rows all have the same label. */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    for (int split = 1; split < SPLITS.length; split++) {
      if (good[split][0] == 0 != (good[split][1] == 0)) {
        warnings.add(
            "split "
                + SPLITS[split]
                + ": all labels are "
                + (good[split][0] == 0 ? 1 : 0)
                + ", so its AUC is undefined");
      }
    }
    return warnings;
  }

  private static boolean wanted(SplitConfig config, int split) {
    return split == 0 || (split == 1 ? config.hasValidation() : config.hasTest());
  }
}
