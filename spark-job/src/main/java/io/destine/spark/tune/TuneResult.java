package io.destine.spark.tune;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.config.Metric;
import io.destine.spark.store.OutputKind;
import io.destine.train.TrainingException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeSet;

/**
 * The result of a search.
 *
 * @param directory of the trials
 * @param search kind of search, such as grid
 * @param metric that compares trials
 * @param trials best first
 */
public record TuneResult(String directory, String search, Metric metric, List<Standing> trials) {
  private static final List<String> ABLATION_FIGURES = List.of("log_loss", "auc");

  public TuneResult {
    trials = trials.stream().sorted(Standing.BEST_FIRST).toList();
  }

  /** The best trial; empty if no trial could be trained. */
  Optional<Standing> winner() {
    return trials.stream().findFirst().filter(first -> first.value().isPresent());
  }

  /**
   * The best trial.
   *
   * @throws TrainingException if no trial could be trained
   */
  public Trial best() {
    return found().trial();
  }

  private Standing found() {
    return winner()
        .orElseThrow(
            () ->
                new TrainingException(
                    "no trial could be trained"
                        + trials.stream().findFirst().map(t -> ": " + t.failure()).orElse("")));
  }

  /** The figures of the best trial on the test rows in one line. */
  public String testWords() {
    return "log loss "
        + Standing.text(found().test("log_loss"))
        + "  AUC "
        + Standing.text(found().test("auc"));
  }

  /** The number of trials. */
  public int size() {
    return trials.size();
  }

  /** The best trial as JSON, with its figures on the test rows. */
  public ObjectNode bestJson() {
    Standing best = found();
    ObjectNode json = best.toJson();
    json.remove("trainings");
    ObjectNode test = json.putObject("test");
    for (String key : List.of("log_loss", "auc", "normalized_entropy", "calibration")) {
      Standing.put(test, key, best.test(key));
    }
    return json;
  }

  /** The whole result as JSON. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("format", OutputKind.TRIALS_FORMAT);
    json.put("directory", directory);
    json.put("search", search);
    json.put("metric", metric.key());
    if (winner().isPresent()) {
      json.set("best", bestJson());
    }
    for (Standing trial : trials) {
      ObjectNode line = json.withArray("trials").addObject().setAll(trial.toJson());
      if (search.equals(SearchPlan.ABLATION)) {
        putTest(line, trial);
      }
    }
    return json;
  }

  /**
   * Adds figures of the test rows for an ablation: it selects nothing, so the test rows may be used
   * to compare its trials.
   */
  private void putTest(ObjectNode json, Standing trial) {
    ObjectNode test = json.putObject("test");
    for (String key : ABLATION_FIGURES) {
      Standing.put(test, key, trial.test(key));
      difference(trial, key).ifPresent(d -> d.putInto(test.putObject(key + "_difference")));
    }
  }

  /** The difference from the unchanged configuration, which is the first trial of an ablation. */
  private Optional<Difference> difference(Standing trial, String key) {
    return trials.stream()
        .filter(other -> other.number() == 1 && trial.number() != 1)
        .findFirst()
        .flatMap(configuration -> Difference.of(trial, configuration, key));
  }

  private List<String> keys() {
    TreeSet<String> keys = new TreeSet<>();
    trials.forEach(standing -> keys.addAll(standing.trial().values().keySet()));
    return List.copyOf(keys);
  }

  /** One line for each trial, best first, with a column for each setting. */
  public String csv() {
    List<String> keys = keys();
    StringBuilder csv = new StringBuilder("rank,trial,state,epochs,validation_log_loss,");
    csv.append("validation_auc,spread,seeds,seconds");
    keys.forEach(key -> csv.append(',').append(quoted(key)));
    csv.append('\n');
    for (int rank = 0; rank < trials.size(); rank++) {
      Standing s = trials.get(rank);
      List<String> cells = new ArrayList<>();
      cells.addAll(List.of("" + (rank + 1), "" + s.number(), s.state(), "" + s.trained()));
      cells.addAll(List.of(number(s.logLoss()), number(s.auc()), number(s.spread())));
      cells.add("" + s.records().size());
      cells.add(String.format(Locale.ROOT, "%.1f", s.seconds()));
      keys.forEach(key -> cells.add(quoted(s.trial().values().getOrDefault(key, ""))));
      csv.append(String.join(",", cells)).append('\n');
    }
    return csv.toString();
  }

  private static String number(OptionalDouble value) {
    return value.isPresent() ? Double.toString(value.getAsDouble()) : "";
  }

  private static String quoted(String text) {
    return text.matches("[^\",\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  /** A human-readable table. */
  public String table() {
    return search.equals(SearchPlan.ABLATION) ? ablation() : ranked();
  }

  private String ablation() {
    String format = "%5s  %8s  %-30s  %6s  %-30s  %s%n";
    Formatter table = new Formatter(Locale.ROOT);
    table.format("Metrics on the test rows, means over the seeds%n");
    String interval = "difference (95 % interval)";
    table.format(format, "trial", "log loss", interval, "AUC", interval, "settings");
    for (Standing s : trials.stream().sorted(Comparator.comparing(Standing::number)).toList()) {
      String failure = s.failure().isEmpty() ? "" : "  failed: " + s.failure();
      table.format(
          format,
          s.number(),
          Standing.text(s.test("log_loss")),
          difference(s, "log_loss").map(Difference::words).orElse(""),
          Standing.text(s.test("auc")),
          difference(s, "auc").map(Difference::words).orElse(""),
          s.trial().words() + failure);
    }
    return table.toString();
  }

  private String ranked() {
    Formatter table = new Formatter(Locale.ROOT);
    boolean spread = trials.stream().anyMatch(s -> s.spread().isPresent());
    table.format("%4s %5s  %8s  %6s", "rank", "trial", "log loss", "AUC");
    if (spread) {
      table.format("  %6s", "±");
    }
    table.format("  %6s  %7s  %s%n", "epochs", "seconds", "settings");
    for (int rank = 0; rank < trials.size(); rank++) {
      Standing s = trials.get(rank);
      String auc = Standing.text(s.auc());
      table.format("%4d %5d  %8s  %6s", rank + 1, s.number(), Standing.text(s.logLoss()), auc);
      if (spread) {
        table.format("  %6s", Standing.text(s.spread()));
      }
      table.format(
          "  %6s  %7.1f  %s%n",
          s.trained() + (s.state().equals("stopped") ? "+" : ""), s.seconds(), s.trial().words());
    }
    return table.toString();
  }
}
