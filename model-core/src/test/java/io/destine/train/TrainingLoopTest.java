package io.destine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.destine.config.CalibrationMethod;
import io.destine.config.Metric;
import io.destine.config.ModelConfig;
import io.destine.config.OptimizerConfig;
import io.destine.config.OptimizerKind;
import io.destine.config.Precision;
import io.destine.config.RateScaling;
import io.destine.config.Schedule;
import io.destine.config.TrainConfig;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.kernel.Kernel;
import io.destine.kernel.KernelChoice;
import io.destine.kernel.Kernels;
import io.destine.metric.WeightTotals;
import io.destine.model.Destine;
import io.destine.optim.Optimizer;
import io.destine.optim.Optimizers;
import io.destine.optim.RateSchedule;
import io.destine.param.Parameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How the loop handles validation results and rows without weight. */
class TrainingLoopTest {
  private static final int ROWS = 16;
  private static final Destine NETWORK =
      new Destine(
          ModelConfig.interaction().embeddingDim(2).layers(0).wide(true).fm(true).build(),
          FieldLayout.ofIds(1));

  private final Parameters parameters = NETWORK.initialParameters(ROWS + 1, 1);
  private final List<RateSchedule.Verdict> verdicts = new ArrayList<>();

  /** Id n in row n, and a weight for all. */
  private static EncodedBatch rows(int partition, float weight) {
    int[] ids = new int[ROWS];
    float[] labels = new float[ROWS];
    float[] weights = new float[ROWS];
    for (int n = 0; n < ROWS; n++) {
      ids[n] = n;
      labels[n] = n % 2;
      weights[n] = weight;
    }
    return new EncodedBatch(partition, ids, null, null, null, labels, weights, null, null);
  }

  private void train(Validation validation, List<EncodedBatch> rows, TrainingListener listener) {
    train(Schedule.PLATEAU, validation, rows, listener);
  }

  private void train(
      Schedule schedule,
      Validation validation,
      List<EncodedBatch> rows,
      TrainingListener listener) {
    TrainConfig config =
        new TrainConfig(
            16,
            3,
            1,
            2,
            schedule,
            RateScaling.NONE,
            0.1,
            2,
            Metric.AUC,
            CalibrationMethod.NONE,
            OptimizerConfig.of(OptimizerKind.ADAM, 0.001));
    Kernel kernel =
        Kernels.create(
            KernelChoice.ND4J,
            NETWORK.config(),
            NETWORK.fields(),
            NETWORK.layout(),
            Precision.FLOAT32);
    new LocalTrainer(config, kernel)
        .train(
            parameters,
            rows.stream().mapToInt(EncodedBatch::rows).toArray(),
            rows,
            () -> validation,
            listener);
  }

  private TrainingListener verdictsOf() {
    return new TrainingListener() {
      @Override
      public void evaluated(
          int epoch,
          double trainLoss,
          Validation validation,
          double learningRate,
          RateSchedule.Verdict verdict) {
        verdicts.add(verdict);
      }
    };
  }

  @Test
  void aCollapsedNetworkEndsTheTraining() {
    Validation collapsed = new Validation(0.5, 0.7, 0.25, 0.25, true);
    assertThatThrownBy(() -> train(collapsed, List.of(rows(0, 1)), verdictsOf()))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("epoch 1: the network has collapsed: it predicts 0.25 for every");
    assertThat(verdicts).isEmpty();
  }

  @Test
  void equalPredictionsOfRowsThatTheNetworkCannotTellApartAreNoCollapse() {
    Validation equal = new Validation(0.5, 0.7, 0.25, 0.25, false);
    train(equal, List.of(rows(0, 1)), verdictsOf());
    assertThat(verdicts).first().isEqualTo(RateSchedule.Verdict.IMPROVED);
  }

  @Test
  void aMetricThatIsNotDefinedEndsTheTrainingInsteadOfCuttingTheRate() {
    Validation undefined = new Validation(Double.NaN, 0.7, 0.1, 0.9, false);
    assertThatThrownBy(() -> train(undefined, List.of(rows(0, 1)), verdictsOf()))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("epoch 1: auc is not defined on the validation rows");
    assertThat(verdicts).isEmpty();
  }

  @Test
  void aTrainingWhoseRowsAllHaveWeightZeroEnds() {
    Validation fine = new Validation(0.6, 0.7, 0.1, 0.9, false);
    assertThatThrownBy(() -> train(fine, List.of(rows(0, 0)), verdictsOf()))
        .isInstanceOf(TrainingException.class)
        .hasMessage("epoch 1: all training rows have weight 0");
    assertThat(verdicts).isEmpty();
  }

  /** Tasks of the next step bring rows up to date, which must not happen while a state is taken. */
  @Test
  void aCheckpointIsBegunBeforeTheNextStepMayReadParameters() {
    List<String> order = new ArrayList<>();
    TrainConfig config = TrainConfig.defaults().withBatchSize(16).withEpochs(1);
    List<EncodedBatch> rows = List.of(rows(0, 1), rows(1, 1), rows(2, 1));
    Kernel kernel =
        Kernels.create(
            KernelChoice.ND4J,
            NETWORK.config(),
            NETWORK.fields(),
            NETWORK.layout(),
            Precision.FLOAT32);
    TrainConfig resolved = config.resolved(3 * ROWS, parameters.rows());
    Optimizer optimizer = Optimizers.create(resolved.optimizer(), parameters);
    GradientScale scale = GradientScale.of(config.batchSize(), new WeightTotals());
    GradientSource local =
        new LocalGradientSource(rows, kernel, parameters, optimizer, config.seed(), scale);
    GradientSource source =
        new GradientSource() {
          @Override
          public GradientSum sum(StepPlan plan, List<StepPlan> following) {
            return local.sum(plan, following);
          }

          @Override
          public void stepped() {
            order.add("stepped " + optimizer.steps());
          }
        };
    Checkpoints checkpoints =
        new Checkpoints() {
          @Override
          public boolean due(long steps) {
            return steps == 1;
          }

          @Override
          public void keep(TrainingState state, long steps, boolean best) {
            order.add("kept " + steps);
          }
        };
    Validation fine = new Validation(0.6, 0.7, 0.1, 0.9, false);
    new TrainingLoop(
            resolved,
            new int[] {ROWS, ROWS, ROWS},
            source,
            optimizer,
            () -> fine,
            checkpoints,
            TrainingListener.NONE)
        .run();
    assertThat(order).startsWith("kept 1", "stepped 1", "stepped 2");
  }

  @Test
  void aCosineFallsOverTheStepsOfAllEpochs() {
    List<Integer> steps = new ArrayList<>();
    List<Double> rates = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void stepped(int epoch, int step, int stepsPerEpoch, long rows, double loss) {
            steps.add(stepsPerEpoch);
          }

          @Override
          public void evaluated(
              int epoch,
              double trainLoss,
              Validation validation,
              double learningRate,
              RateSchedule.Verdict verdict) {
            rates.add(learningRate);
          }
        };
    Validation same = new Validation(0.6, 0.7, 0.1, 0.9, false);
    train(Schedule.COSINE, same, List.of(rows(0, 1), rows(1, 1)), listener);
    int perEpoch = steps.get(0);
    assertThat(rates).hasSize(3);
    for (int epoch = 0; epoch < 3; epoch++) {
      double share = ((epoch + 1.0) * perEpoch - 1) / (3 * perEpoch);
      assertThat(rates.get(epoch))
          .isCloseTo(0.001 * (1 + Math.cos(Math.PI * share)) / 2, within(1e-15));
    }
  }

  /**
   * Two blocks of one step each; the rows of the second have weight 0, so its step must not change
   * parameters, not even by momentum.
   */
  @Test
  void aStepWhoseRowsAllHaveWeightZeroMovesNothing() {
    List<Boolean> moved = new ArrayList<>();
    List<Double> losses = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          private double[] before = state();

          @Override
          public void stepped(int epoch, int step, int stepsPerEpoch, long rows, double loss) {
            double[] after = state();
            moved.add(!Arrays.equals(before, after));
            losses.add(loss);
            before = after;
          }
        };
    train(new Validation(0.6, 0.7, 0.1, 0.9, false), List.of(rows(0, 1), rows(1, 0)), listener);
    assertThat(moved).hasSizeGreaterThanOrEqualTo(4);
    assertThat(losses).allSatisfy(loss -> assertThat(loss).isFinite());
    for (int i = 0; i < moved.size(); i++) {
      assertThat(moved.get(i)).as("step " + i).isEqualTo(losses.get(i) > 0);
    }
    assertThat(moved).contains(true, false);
  }

  private double[] state() {
    double[] all = Arrays.copyOf(parameters.dense(), parameters.dense().length + 3 * ROWS);
    for (int id = 0; id < ROWS; id++) {
      int at = parameters.dense().length + 3 * id;
      parameters.embedding().read(id, all, at);
      parameters.wide().read(id, all, at + 2);
    }
    return all;
  }
}
