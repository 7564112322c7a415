package io.destine.spark.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Explains the decision on a candidate: the difference, with tolerance and interval. */
final class Decision {
  private static final int DECIMALS = 4;

  /** The text for a difference that may be due to chance. */
  static final String NOISE = "within the noise";

  private Decision() {}

  /** Sentences for people; empty if the run ended before a decision. */
  static List<String> sentences(RunReport report) {
    List<String> sentences = new ArrayList<>();
    for (RunReport.Check check : report.comparison().gate()) {
      comparison(report, check).ifPresent(sentences::add);
    }
    difference(report).ifPresent(sentences::add);
    if (sentences.isEmpty()
        && candidate(report).present()
        && !report.comparison().gate().isEmpty()) {
      sentences.add("There was no published model to compare with: only the other checks decided.");
    }
    return sentences;
  }

  /** The difference of the losses on the same rows, and whether it may be due to chance. */
  private static Optional<String> difference(RunReport report) {
    Optional<RunReport.Difference> difference = report.difference();
    OptionalDouble mean =
        NumberText.finite(difference.map(RunReport.Difference::mean).orElse(null));
    if (mean.isEmpty()) {
      return Optional.empty();
    }
    StringBuilder text = new StringBuilder("Candidate − published log loss, row by row: ");
    text.append(NumberText.signed(mean.getAsDouble(), DECIMALS));
    interval(report, "log_loss")
        .ifPresent(ends -> text.append(" (95% interval ").append(ends).append(')'));
    OptionalDouble theirs = published(report).number("log_loss");
    report.comparison().gate().stream()
        .filter(check -> "log_loss".equals(check.check()))
        .map(check -> NumberText.finite(check.bound()))
        .filter(bound -> bound.isPresent() && theirs.isPresent())
        .map(bound -> Math.abs(bound.getAsDouble() - theirs.getAsDouble()))
        .forEach(most -> text.append(", tolerance ").append(NumberText.fixed(most, DECIMALS)));
    text.append('.');
    if (difference.get().hasInterval()) {
      double low = difference.get().low();
      double high = difference.get().high();
      text.append(
          high < 0 || low > 0
              ? " The whole interval is "
                  + (high < 0 ? "below 0: better" : "above 0: worse")
                  + " by more than chance."
              : " The interval contains 0: the difference is within the noise of these rows.");
    }
    return Optional.of(text.toString());
  }

  /**
   * True if the difference between the two models is not significant: the interval of log loss
   * contains 0.
   */
  static boolean withinNoise(RunReport report) {
    return report
        .difference()
        .filter(RunReport.Difference::hasInterval)
        .filter(difference -> difference.low() <= 0 && difference.high() >= 0)
        .isPresent();
  }

  /**
   * A short reason why a figure does not decide which model is better, by its own interval or else
   * by the interval of log loss; empty if it does, or if there is neither.
   */
  static Optional<String> undecided(RunReport report, String key) {
    if (key.equals("log_loss") || key.equals("normalized_entropy")) {
      return withinNoise(report) ? Optional.of(NOISE) : Optional.empty();
    }
    ReportNode mine = candidate(report);
    ReportNode theirs = published(report);
    ReportNode interval = mine.at("intervals").at(key);
    if (interval.present() && theirs.number(key).isPresent()) {
      return holds(interval, theirs.number(key).getAsDouble())
          ? Optional.of(NOISE)
          : Optional.empty();
    }
    return withinNoise(report) ? Optional.of("no interval") : Optional.empty();
  }

  private static boolean holds(ReportNode interval, double number) {
    OptionalDouble low = interval.number("low");
    OptionalDouble high = interval.number("high");
    return low.isPresent()
        && high.isPresent()
        && low.getAsDouble() <= number
        && high.getAsDouble() >= number;
  }

  /** The ends of the interval of the difference of a figure, if there is one. */
  static Optional<String> interval(RunReport report, String key) {
    return report
        .difference()
        .filter(difference -> key.equals("log_loss") && difference.hasInterval())
        .map(
            difference ->
                NumberText.signed(difference.low(), DECIMALS)
                    + " to "
                    + NumberText.signed(difference.high(), DECIMALS));
  }

  private static ReportNode candidate(RunReport report) {
    return new ReportNode(report.comparison().candidate());
  }

  private static ReportNode published(RunReport report) {
    return new ReportNode(report.comparison().publishedSameRows());
  }

  private static Optional<String> comparison(RunReport report, RunReport.Check check) {
    String key = check.check();
    Optional<Figure> figure = Figure.ALL.stream().filter(f -> f.key().equals(key)).findFirst();
    ReportNode candidate = candidate(report);
    OptionalDouble mine = candidate.number(key);
    OptionalDouble theirs = published(report).number(key);
    OptionalDouble bound = NumberText.finite(check.bound());
    if (figure.isEmpty() || mine.isEmpty() || theirs.isEmpty() || bound.isEmpty()) {
      return Optional.empty();
    }
    double live = theirs.getAsDouble();
    Figure.Good good = figure.get().good();
    double worse = good.badness(mine.getAsDouble()) - good.badness(live);
    String name = figure.get().name();
    boolean decided = report.progress().result() != RunResult.REFUSED || !check.passed();
    String words = name.equals("AUC") ? name : decided ? "log loss" : "Log loss";
    StringBuilder text = new StringBuilder(decided ? "Decided by " + words : words);
    OptionalDouble rows = candidate.number("rows");
    if (rows.isPresent()) {
      text.append(" on ").append(NumberText.count(rows)).append(" held-out rows");
    }
    text.append(": candidate ").append(NumberText.fixed(mine, DECIMALS));
    SplitTable.interval(candidate, key)
        .ifPresent(interval -> text.append(" (95% interval ").append(interval).append(")"));
    text.append(", published model ").append(NumberText.fixed(theirs, DECIMALS)).append(". ");
    String difference = NumberText.fixed(Math.abs(worse), DECIMALS);
    text.append(
        worse == 0
            ? "They are equal"
            : "The candidate is " + (worse < 0 ? "better" : "worse") + " by " + difference);
    double tolerance = Math.abs(bound.getAsDouble() - live);
    text.append("; the tolerance is ").append(NumberText.fixed(tolerance, DECIMALS));
    return Optional.of(text.append('.').toString());
  }
}
