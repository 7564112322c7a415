package io.destine.spark.nightly;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.SourceRows;
import io.destine.spark.predict.EvaluateJob;
import io.destine.spark.predict.LoadedModel;
import io.destine.spark.report.RunReport;
import io.destine.spark.report.RunResult;
import io.destine.spark.store.CanonicalPath;
import io.destine.spark.store.Fence;
import io.destine.spark.store.HadoopModelDirectory;
import io.destine.spark.store.ModelPublication;
import io.destine.spark.store.Storage;
import io.destine.spark.train.TrainJob;
import io.destine.train.TrainingListener;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Replays past days through {@link NightlyJob} and measures the benefit of retraining. On every
 * day, it evaluates models that have not been trained on it:
 *
 * <ul>
 *   <li>the published model, which is continued from day to day;
 *   <li>a frozen model: the first one published;
 *   <li>a model trained from scratch every day, on a window of previous days.
 * </ul>
 *
 * <p>It also checks that ids keep their meaning and that kept models score bit-identically.
 */
public final class Replay {
  private final SparkSession spark;
  private final JobConfig config;
  private final NightlyJob nightly;
  private final String program;
  private final int scratchDays;
  private final Configuration hadoop;
  private final DayInput input;
  private final KeptPromises promises;

  /**
   * A replay of a configuration.
   *
   * @param scratchDays days of training data of the model trained from scratch; 0 leaves it out
   */
  public Replay(
      SparkSession spark, JobConfig config, NightlyJob nightly, String program, int scratchDays) {
    this.spark = spark;
    this.config = config;
    this.nightly = nightly;
    this.program = program;
    this.scratchDays = scratchDays;
    hadoop = spark.sparkContext().hadoopConfiguration();
    input = DayInput.of(spark, config);
    promises = new KeptPromises(spark, config, input);
  }

  /**
   * The forecast of a model on a day.
   *
   * @param auc NaN if undefined on the day
   * @param logLoss of the day's rows
   * @param seconds duration of the previous day's nightly run, published or refused, or of encoding
   *     and training from scratch; 0 for the frozen model
   */
  public record Forecast(double auc, double logLoss, double seconds) {
    static Forecast of(JsonNode figures, double seconds) {
      return new Forecast(
          RunReport.Comparison.figure(figures, "auc").orElse(Double.NaN),
          RunReport.Comparison.figure(figures, "log_loss").orElse(Double.NaN),
          seconds);
    }
  }

  /**
   * A day's forecasts.
   *
   * @param result of the day's nightly run
   * @param scratch null if it is left out
   */
  public record Day(
      LocalDate date,
      long rows,
      RunResult result,
      Forecast warm,
      Forecast frozen,
      Forecast scratch) {}

  /**
   * Replays days. The first one only trains the initial model.
   *
   * @param each receives every day except the first
   * @throws UserError if an output directory of the replay already exists, or the first model is
   *     refused
   * @throws IllegalStateException if the meaning of an id has changed, or a kept model scores
   *     differently
   */
  public List<Day> run(LocalDate from, LocalDate to, Consumer<Day> each) {
    requireNew();
    List<Day> days = new ArrayList<>();
    double seconds = 0;
    for (LocalDate date :
        Stream.iterate(from, day -> !day.isAfter(to), day -> day.plusDays(1)).toList()) {
      RunRecord run = nightly.run(date, new NightlyJob.Options(false)).run();
      if (date.equals(from) && run.result() != RunResult.PROMOTED) {
        throw new UserError(
            "--from " + date + ": the first model was not published: " + run.reasons());
      }
      promises.check(date);
      if (date.equals(from)) {
        freeze(date);
        seconds = run.report().progress().seconds();
        continue;
      }
      Day day =
          new Day(
              date,
              run.report().counts().rows(),
              run.result(),
              Forecast.of(run.report().comparison().forecast(), seconds),
              Forecast.of(evaluate(frozen(), date), 0),
              scratchDays == 0 ? null : scratch(date));
      seconds = run.report().progress().seconds();
      days.add(day);
      each.accept(day);
    }
    return days;
  }

  private void requireNew() {
    for (String directory : List.of(config.output().model(), frozen(), scratch())) {
      if (!CanonicalPath.of(hadoop, directory).contents().isFree()) {
        throw new UserError(
            "output.model: "
                + directory
                + " exists, but a replay needs new directories; remove it or choose another"
                + " output.model");
      }
    }
  }

  private String frozen() {
    return config.output().model() + ".frozen";
  }

  private String scratch() {
    return config.output().model() + ".scratch";
  }

  private void freeze(LocalDate date) {
    Path from = new Path(new NightlyPaths(config.output().model()).model(date.toString()));
    Path to = new Path(frozen());
    HadoopModelDirectory model = new HadoopModelDirectory(Storage.of(hadoop, from), from);
    ModelPublication.replacing(Storage.of(hadoop, to), to, Fence.NONE)
        .publish(fresh -> fresh.copy(model));
  }

  private Forecast scratch(LocalDate date) {
    long start = System.nanoTime();
    List<LocalDate> days = new ArrayList<>();
    for (LocalDate day = date.minusDays(scratchDays); day.isBefore(date); day = day.plusDays(1)) {
      if (input.gap(day).isEmpty()) {
        days.add(day);
      }
    }
    String model = scratch();
    JobConfig settings =
        config.with(
            input.source(days), config.train(), config.output().at(model, Optional.empty()));
    new TrainJob(spark, settings, program, line -> {}).overwriting().run(new TrainingListener() {});
    double seconds = (System.nanoTime() - start) / 1e9;
    return Forecast.of(evaluate(model, date), seconds);
  }

  private JsonNode evaluate(String model, LocalDate date) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    JobConfig day = config.reading(input.source(List.of(date)));
    try (LoadedModel loaded = LoadedModel.open(context, model);
        SourceRows rows =
            SourceRows.read(spark, day.withChosen(loaded.vocabulary().fields().inputs()))) {
      return new EvaluateJob(spark, loaded).run(rows, Optional.empty()).report().toJson();
    }
  }

  /** Means over the days, and the number of days on which the retrained model was better. */
  public ObjectNode summary(List<Day> days) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("days", days.size());
    json.put("promoted", days.stream().filter(d -> d.result() == RunResult.PROMOTED).count());
    json.put("vocabularies_with_the_same_ids", promises.vocabularies());
    json.put("models_with_the_same_bits_a_week_later", promises.rescored());
    json.put("refused", days.stream().filter(d -> d.result() == RunResult.REFUSED).count());
    json.set("warm", means(days.stream().map(Day::warm).toList()));
    json.set("frozen", means(days.stream().map(Day::frozen).toList()));
    json.put(
        "days_won_against_frozen",
        days.stream().filter(d -> d.warm().logLoss() < d.frozen().logLoss()).count());
    if (scratchDays > 0) {
      json.set("scratch", means(days.stream().map(Day::scratch).toList()));
      json.put("scratch_days", scratchDays);
      json.put(
          "days_won_against_scratch",
          days.stream().filter(d -> d.warm().logLoss() < d.scratch().logLoss()).count());
    }
    return json;
  }

  private static ObjectNode means(List<Forecast> forecasts) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("auc", forecasts.stream().mapToDouble(Forecast::auc).average().orElse(Double.NaN));
    json.put(
        "log_loss", forecasts.stream().mapToDouble(Forecast::logLoss).average().orElse(Double.NaN));
    json.put(
        "seconds", forecasts.stream().mapToDouble(Forecast::seconds).average().orElse(Double.NaN));
    return json;
  }

  /** A day as a row of comma-separated text; see {@link #HEADER}. */
  public static String row(Day day) {
    StringBuilder row = new StringBuilder(day.date() + "," + day.rows() + "," + day.result().key());
    for (Forecast f : new Forecast[] {day.warm(), day.frozen(), day.scratch()}) {
      row.append(
          f == null
              ? ",,,"
              : String.format(Locale.ROOT, ",%.5f,%.5f,%.1f", f.logLoss(), f.auc(), f.seconds()));
    }
    return row.toString();
  }

  /** The columns of {@link #row}. */
  public static final String HEADER =
      "date,rows,result,warm_log_loss,warm_auc,warm_seconds,frozen_log_loss,frozen_auc,"
          + "frozen_seconds,scratch_log_loss,scratch_auc,scratch_seconds";
}
