package io.destine.spark.report;

import java.util.Optional;

/**
 * Names of the runs that a run's page leads to; pages are at {@code runs/NAME/report.html} and the
 * index at {@code runs/index.html}.
 *
 * @param previous the run before
 * @param next the run after
 * @param training name of a kept model, whose own page is at {@code models/NAME/report.html}
 */
public record RunLinks(
    Optional<String> previous, Optional<String> next, Optional<String> training) {
  /** A page that stands alone. */
  public static final RunLinks NONE =
      new RunLinks(Optional.empty(), Optional.empty(), Optional.empty());

  void write(Markup page) {
    if (equals(NONE)) {
      return;
    }
    page.open("nav");
    previous.ifPresent(name -> page.leaf("a", "← " + name, "href", "../" + name + "/report.html"));
    page.leaf("a", "All runs", "href", "../index.html");
    next.ifPresent(name -> page.leaf("a", name + " →", "href", "../" + name + "/report.html"));
    training.ifPresent(
        name ->
            page.leaf(
                "a", "How it was trained", "href", "../../models/" + name + "/report.html"));
    page.close();
  }
}
