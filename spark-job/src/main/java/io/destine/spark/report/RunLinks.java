package io.destine.spark.report;

import java.util.Optional;

/**
 * Names of the runs to which a run's page links; pages are at {@code runs/NAME/report.html} and the
 * index at {@code runs/index.html}.
 *
 * @param previous the previous run
 * @param next the next run
 */
public record RunLinks(Optional<String> previous, Optional<String> next) {

  void write(Markup page) {
    page.open("nav");
    previous.ifPresent(name -> page.leaf("a", "← " + name, "href", "../" + name + "/report.html"));
    page.leaf("a", "All runs", "href", "../index.html");
    next.ifPresent(name -> page.leaf("a", name + " →", "href", "../" + name + "/report.html"));
    page.close();
  }
}
