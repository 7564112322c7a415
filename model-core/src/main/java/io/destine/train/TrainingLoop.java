package io.destine.train;

import io.destine.config.TrainConfig;
import io.destine.optim.Optimizer;
import io.destine.optim.PlateauSchedule;
import io.destine.param.AscendingIds;
import io.destine.param.Gradient;
import java.util.function.Supplier;

/**
 * Synchronous stochastic gradient descent: plan, gradient sum, optimiser, and after each epoch the
 * validation metric that decides on the learning rate and the end. The same on a cluster and in one
 * thread; they differ in the {@link GradientSource}. One thread.
 */
public final class TrainingLoop {
  private final TrainConfig config;
  private final BatchPlan plan;
  private final GradientSource source;
  private final Optimizer optimizer;
  private final Supplier<Validation> validation;
  private final TrainingListener listener;
  private final PlateauSchedule schedule;

  /**
   * A loop at its start.
   *
   * @param rowsByPartition [P] training rows by logical partition
   * @param validation evaluates the current parameters on the validation rows
   */
  public TrainingLoop(
      TrainConfig config,
      int[] rowsByPartition,
      GradientSource source,
      Optimizer optimizer,
      Supplier<Validation> validation,
      TrainingListener listener) {
    this.config = config;
    this.source = source;
    this.optimizer = optimizer;
    this.validation = validation;
    this.listener = listener;
    plan = new BatchPlan(config.seed(), rowsByPartition, config.batchSize());
    schedule = new PlateauSchedule(config);
  }

  /**
   * Trains until the epochs are over or the schedule stops.
   *
   * @return the best value of the validation metric
   * @throws TrainingException when a loss or gradient is not finite, or predictions are constant
   */
  public double run() {
    for (int epoch = 0; epoch < config.epochs(); epoch++) {
      double trainLoss = trainEpoch(epoch);
      if (optimizer.catchUp()) {
        source.movedAll();
      }
      Validation result = validation.get();
      if (result.constant()) {
        throw new TrainingException(
            "epoch "
                + (epoch + 1)
                + ": predictions must differ between rows, got "
                + result.lowest()
                + " for every validation row: the network has collapsed (try a lower learning rate or warm-up)");
      }
      double rate = schedule.learningRate(optimizer.steps());
      PlateauSchedule.Verdict verdict = schedule.observe(result.value(config.metric()));
      listener.evaluated(epoch, trainLoss, result, rate, verdict);
      if (verdict == PlateauSchedule.Verdict.STOP) {
        break;
      }
    }
    return schedule.best();
  }

  private double trainEpoch(int epoch) {
    BatchPlan.Epoch steps = plan.epoch(epoch, 0);
    int stepsPerEpoch = plan.stepsPerEpoch();
    double loss = 0;
    double weight = 0;
    StepPlan next = steps.next();
    while (next != null) {
      StepPlan step = next;
      next = steps.hasNext() ? steps.next() : null;
      GradientSum sum = source.sum(step, config.optimizer().embeddingL2() > 0 ? next : null);
      Gradient gradient = gradient(step, sum);
      // Rows of weight 0 alone have no mean loss: the step moves nothing.
      boolean weighty = gradient.weight() > 0;
      double norm =
          weighty ? optimizer.step(gradient, schedule.learningRate(optimizer.steps() + 1)) : 0;
      int[] upcoming = sum.upcoming();
      optimizer.catchUp(upcoming);
      source.stepped(AscendingIds.union(weighty ? gradient.ids() : new int[0], upcoming));
      loss += gradient.loss();
      weight += gradient.weight();
      double meanLoss = weighty ? gradient.meanLoss() : 0;
      listener.stepped(epoch, step.step(), stepsPerEpoch, gradient.rows(), meanLoss, norm);
    }
    return loss / weight;
  }

  private static Gradient gradient(StepPlan step, GradientSum sum) {
    String where = "epoch " + (step.epoch() + 1) + ", step " + (step.step() + 1);
    if (sum.failure() != null) {
      throw new TrainingException(where + ", " + sum.failure());
    }
    return sum.toGradient();
  }
}
