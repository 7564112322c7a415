package io.destine.spark.report;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.OptionalDouble;

/** The identity of the run and of the models that it touched. */
final class RunFacts {
  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private RunFacts() {}

  static void write(Markup page, ReportNode report) {
    page.openSection("Run", null).open("dl", "class", "facts");
    fact(page, report, "Model path", "model");
    fact(page, report, "Date of the data", "date");
    fact(page, report, "Run", "run_id");
    report.text("started").ifPresent(at -> InputSection.fact(page, "Started", moment(at)));
    report.text("finished").ifPresent(at -> InputSection.fact(page, "Finished", moment(at)));
    OptionalDouble seconds = report.number("seconds");
    if (seconds.isPresent()) {
      InputSection.fact(page, "Duration", NumberText.duration(seconds.getAsDouble()));
    }
    String parent = report.text("parent").orElse("none: training started from nothing");
    InputSection.fact(page, "Parent model", parent);
    InputSection.fact(page, "Live model", report.text("published").orElse("none"));
    fact(page, report, "Data of the live model", "live_date");
    report.text("live_since").ifPresent(at -> InputSection.fact(page, "Live since", moment(at)));
    fact(page, report, "Kernel", "kernel");
    fact(page, report, "Configuration", "config_fingerprint");
    page.close().close();
  }

  private static void fact(Markup page, ReportNode report, String name, String key) {
    report.text(key).ifPresent(value -> InputSection.fact(page, name, value));
  }

  /** An instant to the second; a text that is none stays as it is. */
  static String moment(String text) {
    return ReportNode.parsed(text).map(MOMENT::format).orElse(text);
  }
}
