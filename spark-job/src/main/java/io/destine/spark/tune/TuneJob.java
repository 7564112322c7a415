package io.destine.spark.tune;

import io.destine.config.Components;
import io.destine.config.Metric;
import io.destine.config.TrainConfig;
import io.destine.kernel.KernelChoice;
import io.destine.model.Destine;
import io.destine.model.NetworkKernels;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.TuneFile;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.DataSetEncoder;
import io.destine.spark.encode.EncodedDataSet;
import io.destine.spark.encode.InitialModel;
import io.destine.spark.encode.Split;
import io.destine.spark.report.TuningPage;
import io.destine.spark.source.SourceTable;
import io.destine.spark.store.OutputKind;
import io.destine.spark.store.OutputLock;
import io.destine.spark.train.Outputs;
import io.destine.spark.train.RunIdentity;
import io.destine.train.TrainingListener;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * A search for settings: encodes the rows once for each combination of encoding settings, trains
 * the trials, and stores the figures of each trial next to the model directory. An interrupted or
 * changed search reuses the trials that it finds there. Except for a quick search, which leaves out
 * steps by measured times, the best trial does not depend on the number of parallel training runs.
 */
public final class TuneJob {
  private final SparkSession spark;
  private final SearchPlan plan;
  private final String program;
  private final Consumer<String> log;
  private final BiFunction<String, TrainConfig, TrainingListener> progress;
  private final TuneFile file;
  private final Metric metric;
  private final Map<String, EncodedDataSet> encoded = new HashMap<>();
  private final Map<Trial, Standing> standings = new LinkedHashMap<>();
  private JobConfig base;
  private TrialDirectory directory;
  private OutputLock.Held held;
  private SearchProgress done;

  /** A training run of a trial with one seed, ready to run. */
  private record Training(JobConfig config, EncodedDataSet data, TrialRecord before) {}

  /**
   * A search.
   *
   * @param program name and version, for the manifests
   * @param log receives human-readable lines
   * @param progress of a training run, by its name
   */
  public TuneJob(
      SparkSession spark,
      SearchPlan plan,
      String program,
      Consumer<String> log,
      BiFunction<String, TrainConfig, TrainingListener> progress) {
    this.spark = spark;
    this.plan = plan;
    this.program = program;
    this.log = log;
    this.progress = progress;
    file = plan.file();
    base = file.base();
    metric = base.train().metric();
  }

  /** The directory of the trials of a configuration. */
  public static String directory(TuneFile file) {
    return file.base().output().trials();
  }

  /** The page of a search, in its directory. */
  public static String page(TuneFile file) {
    return directory(file) + "/" + TrialDirectory.PAGE;
  }

  /**
   * Runs the search.
   *
   * @throws UserError if the configuration or the data are not suitable
   * @throws io.destine.spark.store.LockedException if another search is running
   */
  public TuneResult run() {
    String place = directory(file);
    Outputs.checkTrials(spark.sparkContext(), base);
    try (OutputLock.Held lock = Outputs.lock(spark, base, place, log).acquire()) {
      held = lock;
      directory = new TrialDirectory(hadoop(), place, lock);
      try {
        return search();
      } catch (Throwable e) {
        lock.requireHeldAfter(e);
        throw e;
      }
    }
  }

  private TuneResult search() {
    directory.mark();
    base = InitialModel.pinned(hadoop(), SourceTable.pinned(spark, base));
    done = new SearchProgress(plan.rounds().get(0).trials(), plan.trainings(), log);
    if (plan.search().equals(SearchPlan.QUICK)) {
      quick();
    } else {
      rounds();
    }
    return result();
  }

  private void rounds() {
    List<Trial> trials = plan.trials();
    for (int i = 0; i < plan.rounds().size(); i++) {
      Trials.Round round = plan.rounds().get(i);
      boolean last = i == plan.rounds().size() - 1;
      if (plan.rounds().size() > 1) {
        log.accept(
            "round %d of %d: trials %d, epochs %d"
                .formatted(i + 1, plan.rounds().size(), round.trials(), round.epochs()));
      }
      trials =
          train(trials.subList(0, round.trials()), last ? SearchPlan.ALL_EPOCHS : round.epochs())
              .stream()
              .sorted(Standing.BEST_FIRST)
              .map(Standing::trial)
              .toList();
    }
  }

  private void quick() {
    EncodedDataSet data = encoded(configured(file.trial(Map.of())));
    QuickSteps steps = new QuickSteps(base, data.manifest().rows(Split.TRAIN));
    train(steps.first(), SearchPlan.ALL_EPOCHS);
    take(steps.crosses(data.manifest().found()));
    Trial best = result().best();
    EncodedDataSet rows = encoded(configured(file.trial(best.values())));
    steps.following(rows.manifest().found()).forEach(this::take);
  }

  /** Takes a step from the best trial so far, if the time of the search suffices for it. */
  private void take(QuickSteps.Step step) {
    Standing leader = standings.get(result().best());
    Optional<Trial> next =
        step.change().apply(leader.trial()).map(leader.trial()::with).filter(this::isNew);
    boolean fits = seconds() + step.time() * leader.seconds() <= limit();
    if (next.isPresent() && fits) {
      train(List.of(next.get()), SearchPlan.ALL_EPOCHS, enough(leader));
      return;
    }
    next.ifPresent(
        trial ->
            log.accept(
                String.format(
                    "left out, since the search would take more than %d times as long as its first"
                        + " trial: %s",
                    QuickSteps.TRAININGS, trial.words())));
    done.leftOut(file.settings().seeds());
  }

  private boolean isNew(Trial trial) {
    return !standings.containsKey(trial);
  }

  private double seconds() {
    return standings.values().stream().mapToDouble(Standing::seconds).sum();
  }

  private double limit() {
    // A trial that fails in its first epoch has taken 0 seconds.
    return QuickSteps.TRAININGS
        * standings.values().stream()
            .mapToDouble(Standing::seconds)
            .filter(seconds -> seconds > 0)
            .findFirst()
            .orElse(0);
  }

  /**
   * A trial ends early if the time of the search is over and the trial is not the best so far. With
   * several seeds it continues, since their mean must be over complete training runs.
   */
  private Predicate<TrialRecord> enough(Standing leader) {
    double rest = limit() - seconds();
    double least =
        leader
            .records()
            .get(0)
            .uncalibrated(metric, SearchPlan.ALL_EPOCHS)
            .orElseThrow()
            .value(metric);
    boolean stops = file.settings().seeds() == 1;
    return training ->
        training.reached(SearchPlan.ALL_EPOCHS)
            || stops
                && training.seconds() > rest
                && training
                    .uncalibrated(metric, SearchPlan.ALL_EPOCHS)
                    .filter(best -> metric.better(best.value(metric), least))
                    .isEmpty();
  }

  private List<Standing> train(List<Trial> trials, int epochs) {
    return train(trials, epochs, training -> training.reached(epochs));
  }

  /**
   * Trains all seeds of trials, several training runs in parallel.
   *
   * @param epochs to train
   * @param enough whether a training run with these figures ends
   */
  private List<Standing> train(List<Trial> trials, int epochs, Predicate<TrialRecord> enough) {
    List<SideBySide.Work<Trial, TrialRecord>> works = new ArrayList<>();
    for (Trial trial : trials) {
      List<Training> trainings = prepared(trial);
      int number =
          standings.containsKey(trial) ? standings.get(trial).number() : standings.size() + 1;
      List<TrialRecord> known = trainings.stream().map(Training::before).toList();
      standings.put(trial, new Standing(number, trial, metric, epochs, known));
      for (Training training : trainings) {
        works.add(new SideBySide.Work<>(trial, () -> trained(number, trial, training, enough)));
      }
    }
    new SideBySide(file.settings().parallel())
        .run(works, (trial, records) -> announce(trial, records, epochs));
    return trials.stream().map(standings::get).toList();
  }

  private TrialRecord trained(
      int number, Trial trial, Training training, Predicate<TrialRecord> enough) {
    boolean known = enough.test(training.before());
    try {
      TrialRecord record =
          new TrialTraining(spark, program, directory, held, log)
              .run(
                  training.config(),
                  training.data(),
                  training.before(),
                  enough,
                  progress.apply("trial " + number, training.config().train()));
      done.trained(known);
      return record;
    } catch (UserError e) {
      throw new UserError(
          e.problems().stream()
              .map(line -> "trial " + number + " (" + trial.words() + "): " + line)
              .toList());
    }
  }

  /** Called when all seeds of a trial are trained. */
  private synchronized void announce(Trial trial, List<TrialRecord> records, int epochs) {
    Standing before = standings.get(trial);
    Standing now = new Standing(before.number(), trial, metric, epochs, records);
    standings.put(trial, now);
    TuneResult result = result();
    done.announce(now, before.equals(now), result);
    directory.write(OutputKind.TRIALS_FILE, result.toJson().toPrettyString() + "\n");
    directory.write(TrialDirectory.TABLE, result.csv());
    directory.write(TrialDirectory.PAGE, TuningPage.render(result.toJson()));
  }

  private TuneResult result() {
    return new TuneResult(
        directory(file), plan.search(), metric, new ArrayList<>(standings.values()));
  }

  private List<Training> prepared(Trial trial) {
    List<Training> trainings = new ArrayList<>();
    long first = base.train().seed();
    for (long seed = first; seed < first + file.settings().seeds(); seed++) {
      Trial seeded = trial.with(Map.of("train.seed", Long.toString(seed)));
      JobConfig config = configured(file.trial(seeded.values()));
      EncodedDataSet data = encoded(config);
      String hash =
          TrialDirectory.shortened(
              RunIdentity.hash(
                  config,
                  data.manifest().fingerprint()
                      + InitialModel.identity(hadoop(), config)
                      + otherKernel(config, data)));
      TrialRecord begun = TrialRecord.begun(hash, seed);
      trainings.add(
          new Training(
              in(config, directory.model(hash), data.directory()),
              data,
              directory.record(hash).orElse(begun)));
    }
    return trainings;
  }

  /** The key of the kernel, on which the exact result depends; "" for the vector kernel. */
  private static String otherKernel(JobConfig config, EncodedDataSet data) {
    try {
      KernelChoice kernel =
          new NetworkKernels(
                  new Destine(config.model(), data.manifest().fields()), config.compute().kernel())
              .resolved()
              .choice();
      return kernel == KernelChoice.VECTOR ? "" : kernel.key();
    } catch (IllegalArgumentException e) {
      // The training refuses this network, with the number of the trial.
      return "";
    }
  }

  /** The configuration of a trial with the encoded rows of the search. */
  private JobConfig configured(JobConfig trial) {
    boolean sameStart = trial.initModel().equals(file.base().initModel());
    JobConfig pinned =
        trial.asIs(base.source()).withInitModel(sameStart ? base.initModel() : trial.initModel());
    boolean own = pinned.encodingFingerprint().equals(base.encodingFingerprint());
    return in(pinned, pinned.output().model(), own ? base.output().data() : directory.data(pinned));
  }

  private Configuration hadoop() {
    return spark.sparkContext().hadoopConfiguration();
  }

  private static JobConfig in(JobConfig config, String model, String data) {
    return Components.with(config, "output", config.output().at(model, Optional.of(data)));
  }

  private EncodedDataSet encoded(JobConfig config) {
    String data = config.output().data();
    return encoded.computeIfAbsent(
        data,
        place -> {
          boolean own = place.equals(base.output().data());
          DataSetEncoder encoder =
              new DataSetEncoder(
                  own ? Outputs.lock(spark, base, place, log)::acquire : () -> OutputLock.of(held));
          EncodedDataSet rows = encoder.encode(spark, config, place);
          rows.manifest().found().lines().forEach(log);
          rows.manifest().warnings().forEach(warning -> log.accept("warning: " + warning));
          return rows;
        });
  }
}
