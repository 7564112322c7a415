package io.destine.spark.nightly;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.conf.ModelSettings;
import io.destine.spark.conf.SourceConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.source.CatalogTable;
import io.destine.spark.source.TableSnapshot;
import io.destine.spark.store.Owner;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;

/**
 * The report of a run.
 *
 * @param name of the run
 * @param report the report, empty when it could not be read
 */
public record RunRecord(RunName name, ObjectNode report) {

  /** The date of the rows. */
  public LocalDate date() {
    return name.date();
  }

  /** How it ended. */
  public RunResult result() {
    return RunResult.of(report.path("result").asText());
  }

  String id() {
    return report.path("run_id").asText();
  }

  /**
   * True when nothing more is written in this run's name: it has said how it ended, or its process
   * is known to have ended. A process on another machine may have been stopped for hours and come
   * back.
   */
  boolean isOver() {
    JsonNode process = report.path(RunReport.OWNER);
    if (!result().underWay() || process.isMissingNode()) {
      return true;
    }
    try {
      return Owner.of(process).hasEnded();
    } catch (IllegalArgumentException | DateTimeException e) {
      return false;
    }
  }

  /** The settings that the model depends on; empty when the report has none. */
  Optional<ModelSettings> settings() {
    JsonNode settings = report.path(RunReport.SETTINGS);
    if (!settings.isObject()) {
      return Optional.empty();
    }
    Map<String, String> values = new TreeMap<>();
    settings.fields().forEachRemaining(e -> values.put(e.getKey(), e.getValue().asText()));
    return Optional.of(new ModelSettings(values));
  }

  /** The changes of the input since the run has read it, as far as it still exists. */
  Optional<String> changedInput(SparkSession spark) {
    return InputFiles.recorded(report)
        .flatMap(
            read -> present(spark).filter(now -> !now.equals(read)).map(now -> text(read, now)));
  }

  private static String text(InputFiles read, InputFiles now) {
    return "input has changed since the run: " + read.text() + " then, " + now.text() + " now";
  }

  /** The files that the run would find now; empty when there are none, or it reads the same. */
  private Optional<InputFiles> present(SparkSession spark) {
    JsonNode input = report.path("input");
    if (!input.has("table")) {
      String path = input.path("path").asText();
      return path.isEmpty()
          ? Optional.empty()
          : InputFiles.of(spark.sparkContext().hadoopConfiguration(), path);
    }
    SourceConfig source =
        SourceConfig.defaults()
            .of(input.path("table").asText(), List.of(input.path("where").asText()));
    try {
      CatalogTable table = CatalogTable.of(spark, input.path("table").asText());
      Optional<TableSnapshot> now = table.snapshot(source);
      boolean same = now.isPresent() && now.get().id().equals(input.at("/snapshot/id").asText());
      return same ? Optional.empty() : InputFiles.of(table, table.rows(source, now, "where"));
    } catch (UserError e) {
      return Optional.empty();
    }
  }

  /** The reasons in one line. */
  public String reasons() {
    List<String> reasons = new ArrayList<>();
    report.path("reasons").forEach(reason -> reasons.add(reason.asText()));
    return reasons.isEmpty() ? report.path("error").asText() : String.join("; ", reasons);
  }

  /** The model that the run has published, if it has. */
  Optional<String> model() {
    return result() == RunResult.PROMOTED
        ? Optional.of(report.path("model_name").asText())
        : Optional.empty();
  }

  /** True when the run has published the model of that name. */
  public boolean published(String model) {
    return model().filter(model::equals).isPresent();
  }

  /** The rollback that took the run's model out of service, in words; empty when none did. */
  public Optional<String> rollback() {
    JsonNode back = report.path(RunReport.ROLLED_BACK);
    return back.isObject()
        ? Optional.of(
            "rolled back to " + back.path("to").asText() + " at " + back.path("at").asText())
        : Optional.empty();
  }

  /** A number at a path of keys such as {@code input/rows}. */
  public OptionalDouble number(String path) {
    JsonNode node = report.at("/" + path);
    return node.isNumber() ? OptionalDouble.of(node.asDouble()) : OptionalDouble.empty();
  }
}
