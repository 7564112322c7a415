package io.destine.spark.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** What decided on a candidate, by how much, and within which tolerance and interval. */
final class Decision {
  private static final int DECIMALS = 4;

  private Decision() {}

  /** Sentences for people; empty when the run ended before a decision. */
  static List<String> sentences(ReportNode report) {
    List<String> sentences = new ArrayList<>();
    for (ReportNode check : report.list("gate")) {
      comparison(report, check).ifPresent(sentences::add);
    }
    if (sentences.isEmpty() && report.at("candidate").present() && !report.list("gate").isEmpty()) {
      sentences.add("There was no published model to compare with: only the other checks decided.");
    }
    return sentences;
  }

  private static Optional<String> comparison(ReportNode report, ReportNode check) {
    String key = check.text("check").orElse("");
    Optional<Figure> figure = Figure.ALL.stream().filter(f -> f.key().equals(key)).findFirst();
    ReportNode candidate = report.at("candidate");
    OptionalDouble mine = candidate.number(key);
    OptionalDouble theirs = report.at("published_same_rows").number(key);
    OptionalDouble bound = check.number("bound");
    if (figure.isEmpty() || mine.isEmpty() || theirs.isEmpty() || bound.isEmpty()) {
      return Optional.empty();
    }
    double live = theirs.getAsDouble();
    Figure.Good good = figure.get().good();
    double worse = good.badness(mine.getAsDouble()) - good.badness(live);
    String name = figure.get().name();
    StringBuilder text =
        new StringBuilder("Decided by " + (name.equals("AUC") ? name : "log loss"));
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
    text.append("; it may be worse by up to ").append(NumberText.fixed(tolerance, DECIMALS));
    return Optional.of(text.append('.').toString());
  }
}
