package io.destine.spark.nightly;

import com.fasterxml.jackson.databind.JsonNode;
import io.destine.config.TrainConfig;
import io.destine.spark.ModelDigests;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.store.CurrentModel;
import io.destine.spark.train.TreeDigest;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;

/** Nights of one model over days of clicks below a directory, months after these days. */
public final class Nights {
  static final NightlyJob.Options PLAIN = new NightlyJob.Options(false);
  static final NightlyJob.Options FORCED = new NightlyJob.Options(true);

  static final Clock CLOCK =
      Clock.fixed(
          ClickDays.day(200).atTime(LocalTime.NOON).toInstant(ZoneOffset.UTC), ZoneOffset.UTC);

  final Path logs;

  /** The directory of the nights. */
  public final Path model;

  final List<String> log = new ArrayList<>();

  /** Nights in a directory below one with the days. */
  public Nights(Path directory, String model) {
    logs = directory.resolve("logs");
    this.model = directory.resolve(model);
  }

  void days(int... numbers) throws IOException {
    for (int number : numbers) {
      ClickDays.write(logs, number);
    }
  }

  /**
   * Copies the result of the night of day 2 over days 0 to 2 with the default settings. The night
   * runs once per JVM, in a separate directory; its report names the days of that directory.
   */
  public void firstNight() throws IOException {
    TreeDigest.copy(First.MODEL, model);
  }

  private static final class First {
    static final Path MODEL = run();

    private static Path run() {
      Nights nights;
      try {
        Path target = Path.of("target").toAbsolutePath();
        nights = new Nights(Files.createTempDirectory(target, "first-night-"), "model");
        nights.days(0, 1, 2);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      nights.run(2);
      return nights.model;
    }
  }

  JobConfig config(String... overrides) {
    return JobConfigReader.parse(ClickDays.configuration(logs, model), List.of(overrides));
  }

  NightlyJob job(NightListener listener) {
    Function<TrainConfig, TrainingListener> progress = train -> new TrainingListener() {};
    return new NightlyJob(
        SharedSpark.session(), config(), "test", log::add, progress, CLOCK, listener);
  }

  NightlyJob job(TrainingListener progress, String... overrides) {
    return new NightlyJob(
        SharedSpark.session(), config(overrides), "test", log::add, train -> progress, CLOCK);
  }

  NightlyJob.Outcome run(int number, NightlyJob.Options options, String... overrides) {
    return job(new TrainingListener() {}, overrides).run(ClickDays.day(number), options);
  }

  RunRecord run(int number, String... overrides) {
    return run(number, PLAIN, overrides).run();
  }

  /** The published model. */
  public CurrentModel live() {
    return CurrentModel.read(hadoop(), model.toString()).orElseThrow();
  }

  Rollback rollback() {
    return new Rollback(SharedSpark.session(), config(), CLOCK);
  }

  /** The target that a rollback reads from a text. */
  static Optional<Rollback.Target> to(String text) {
    return Optional.of(Rollback.Target.parse(text).orElseThrow());
  }

  NightlyStatus status() {
    return new NightlyStatus(hadoop(), model.toString(), CLOCK);
  }

  /** Tensors and optimiser state of a model. */
  public Map<String, String> digests(String name) {
    return ModelDigests.of(model.resolve("models/" + name), file -> file.endsWith(".safetensors"));
  }

  /** A number of a report at a path of keys such as {@code input/rows}. */
  static OptionalDouble number(RunRecord run, String path) {
    JsonNode node = run.report().json().at("/" + path);
    return node.isNumber() ? OptionalDouble.of(node.asDouble()) : OptionalDouble.empty();
  }

  static Configuration hadoop() {
    return SharedSpark.session().sparkContext().hadoopConfiguration();
  }
}
