package io.destine.spark.predict;

import java.io.Serializable;
import java.util.Optional;

/** Row counts, and the distribution of the probabilities. Mutable; one thread. */
final class ScoreTotals implements Serializable {
  private static final long serialVersionUID = 1;
  private static final int REASON_LENGTH = 160;

  private final ScoreDistribution scores = new ScoreDistribution();
  private long unread;
  private String reason;

  /** Adds a row with a probability. */
  void scored(double logit, double probability) {
    scores.add(logit, probability);
  }

  /** Adds a row without a probability. */
  void unread(String why) {
    unread++;
    // Make it one line, even if values contain control characters.
    String line = why.replaceAll("\\p{Cntrl}+", " ");
    line = line.length() <= REASON_LENGTH ? line : line.substring(0, REASON_LENGTH) + "...";
    reason = reason == null || line.compareTo(reason) < 0 ? line : reason;
  }

  /** Adds the rows of other totals. */
  void merge(ScoreTotals other) {
    scores.merge(other.scores);
    unread += other.unread;
    if (reason == null || other.reason != null && other.reason.compareTo(reason) < 0) {
      reason = other.reason;
    }
  }

  /** Number of all rows. */
  long rows() {
    return scores.rows() + unread;
  }

  /** Number of rows without a probability. */
  long unread() {
    return unread;
  }

  /** The alphabetically first of the reasons why rows have no probability. */
  Optional<String> reason() {
    return Optional.ofNullable(reason);
  }

  /** The probabilities of the other rows. */
  ScoreDistribution scores() {
    return scores;
  }
}
