package io.destine.train;

import io.destine.config.Metric;
import io.destine.config.TrainConfig;
import io.destine.optim.Optimizer;
import io.destine.optim.RateSchedule;
import io.destine.param.Gradient;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

/**
 * Synchronous stochastic gradient descent: plan, gradient sum, optimiser, and after each epoch the
 * validation metric, which determines the learning rate and the end of training. It is the same on
 * a cluster and in one thread; only the {@link GradientSource} differs. Not thread-safe.
 */
public final class TrainingLoop {
  /** Minimum samples of the average of parameters in an epoch, if it has that many steps. */
  private static final int SAMPLES_OF_AN_EPOCH = 64;

  private final TrainConfig config;
  private final BatchPlan plan;
  private final GradientSource source;
  private final Optimizer optimizer;
  private final Supplier<Validation> validation;
  private final Checkpoints checkpoints;
  private final TrainingListener listener;
  private final RateSchedule schedule;

  /**
   * A loop at its start.
   *
   * @param rowsByBlock [blocks] training rows by block
   * @param validation evaluates the current parameters on the validation rows
   * @param checkpoints stores checkpoints from which training can resume
   */
  public TrainingLoop(
      TrainConfig config,
      int[] rowsByBlock,
      GradientSource source,
      Optimizer optimizer,
      Supplier<Validation> validation,
      Checkpoints checkpoints,
      TrainingListener listener) {
    this.config = config;
    this.source = source;
    this.optimizer = optimizer;
    this.validation = validation;
    this.checkpoints = checkpoints;
    this.listener = listener;
    plan = new BatchPlan(config.seed(), rowsByBlock, config.batchSize(), config.blocksPerStep());
    schedule = new RateSchedule(config, (long) config.epochs() * plan.stepsPerEpoch());
    int stride = Math.max(1, plan.stepsPerEpoch() / SAMPLES_OF_AN_EPOCH);
    double samples = config.optimizer().averageEpochs() * plan.stepsPerEpoch() / stride;
    optimizer.averageOver(
        (int) Math.max(1, Math.min(Integer.MAX_VALUE, Math.round(samples))), stride);
  }

  /**
   * Trains from the first step until all epochs are done or the schedule stops.
   *
   * @return the final state
   * @throws TrainingException when a loss or gradient is not finite, predictions have collapsed, no
   *     training row has a weight, or the metric is undefined for the validation rows
   */
  public TrainingState run() {
    return run(TrainingState.start(config));
  }

  /**
   * Resumes from a checkpoint, whose parameters and optimiser state have been restored. The result
   * is identical to that of an uninterrupted run.
   *
   * @throws TrainingException as {@link #run()}
   */
  public TrainingState run(TrainingState from) {
    schedule.restore(from.best(), from.cuts(), from.cutsInARow());
    TrainingState state = from;
    while (!state.stopped() && state.epoch() < config.epochs()) {
      int epoch = state.epoch();
      double trainLoss = trainEpoch(state);
      optimizer.catchUp();
      Validation result = evaluated(epoch);
      long steps = steps(epoch + 1, 0);
      double rate = schedule.learningRate(optimizer.steps(), steps);
      RateSchedule.Verdict verdict = schedule.observe(result.value(config.metric()));
      state = state.after(result, schedule, verdict);
      boolean best = verdict == RateSchedule.Verdict.IMPROVED;
      // A checkpoint may include data of the listeners.
      listener.evaluated(epoch, trainLoss, result, rate, verdict);
      if (best || checkpoints.due(steps)) {
        checkpoints.keep(state, steps, best);
      }
    }
    return state;
  }

  /** The results of the parameters or of their average, whichever are better. */
  private Validation evaluated(int epoch) {
    Validation result = validation.get();
    requireUsable(epoch, result);
    if (!optimizer.averages()) {
      return result;
    }
    exchangeAverage();
    Validation average = validation.get().ofAverage();
    exchangeAverage();
    Metric metric = config.metric();
    return metric.better(average.value(metric), result.value(metric)) ? average : result;
  }

  private void exchangeAverage() {
    optimizer.exchangeAverage();
    source.replaced();
  }

  private void requireUsable(int epoch, Validation result) {
    if (result.collapsed()) {
      throw new TrainingException(
          "epoch "
              + (epoch + 1)
              + ": the network has collapsed: it predicts "
              + result.lowest()
              + " for every validation row; try a lower train.learning-rate or more"
              + " train.warmup-steps");
    }
    if (Double.isNaN(result.value(config.metric()))) {
      throw new TrainingException(
          "epoch "
              + (epoch + 1)
              + ": "
              + config.metric().key()
              + " is not defined on the validation rows: "
              + (config.metric() == Metric.AUC
                  ? "both labels need rows with a weight above 0"
                  : "no row has a weight above 0"));
    }
  }

  /** Number of steps of all epochs before a step. */
  private long steps(int epoch, int step) {
    return (long) epoch * plan.stepsPerEpoch() + step;
  }

  private double trainEpoch(TrainingState from) {
    int epoch = from.epoch();
    BatchPlan.Epoch steps = plan.epoch(epoch, from.step());
    int stepsPerEpoch = plan.stepsPerEpoch();
    double loss = from.loss();
    double weight = from.weight();
    Deque<StepPlan> following = new ArrayDeque<>();
    plan(steps, following);
    while (!following.isEmpty()) {
      StepPlan step = following.remove();
      plan(steps, following);
      GradientSum sum = source.sum(step, List.copyOf(following));
      Gradient gradient = gradient(step, sum);
      // If all rows have weight 0 there is no mean loss, and the step changes nothing.
      boolean weighty = gradient.weight() > 0;
      long taken = steps(epoch, step.step() + 1);
      if (weighty) {
        double rate = schedule.learningRate(optimizer.steps() + 1, taken);
        during(step, () -> optimizer.step(gradient, rate));
      }
      loss += gradient.loss();
      weight += gradient.weight();
      double meanLoss = weighty ? gradient.meanLoss() : 0;
      listener.stepped(epoch, step.step(), stepsPerEpoch, gradient.rows(), meanLoss);
      sum.release();
      // After an epoch's last step the epoch is evaluated first.
      if (checkpoints.due(taken) && !following.isEmpty()) {
        during(step, optimizer::catchUp);
        checkpoints.keep(from.within(step.step() + 1, loss, weight), taken, false);
      }
      // From now on tasks of the next step request rows, which brings these up to date.
      during(step, source::stepped);
    }
    if (!(weight > 0)) {
      throw new TrainingException("epoch " + (epoch + 1) + ": all training rows have weight 0");
    }
    return loss / weight;
  }

  /**
   * Sums of table rows may be in other processes, so that non-finite numbers are found only when
   * rows are updated.
   */
  private static void during(StepPlan step, Runnable moving) {
    try {
      moving.run();
    } catch (ArithmeticException e) {
      throw new TrainingException(where(step) + ", " + e.getMessage());
    }
  }

  /** Plans steps ahead: sources receive the two following steps. */
  private static void plan(BatchPlan.Epoch steps, Deque<StepPlan> following) {
    while (following.size() < 2 && steps.hasNext()) {
      following.add(steps.next());
    }
  }

  private static Gradient gradient(StepPlan step, GradientSum sum) {
    if (sum.failure() != null) {
      throw new TrainingException(where(step) + ", " + sum.failure());
    }
    return sum.toGradient();
  }

  private static String where(StepPlan step) {
    return "epoch " + (step.epoch() + 1) + ", step " + (step.step() + 1);
  }
}
