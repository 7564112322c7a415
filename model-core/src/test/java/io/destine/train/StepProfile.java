package io.destine.train;

import io.destine.config.ModelConfig;
import io.destine.config.OptimizerConfig;
import io.destine.config.OptimizerKind;
import io.destine.config.Precision;
import io.destine.feature.FieldLayout;
import io.destine.optim.Optimizer;
import io.destine.optim.Optimizers;
import io.destine.param.Gradient;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Prints the cost of each part of a training step except the kernel, as one JSON line: the minimum
 * over the rounds, in milliseconds of processor time, in one thread. Gradients are made up; ids are
 * skewed. The sum of a batch is merged from two halves, like the sums of two tasks. From the
 * project's directory:
 *
 * <pre>
 *   mvn -B -q test-compile dependency:build-classpath -pl model-core -Dmdep.outputFile=target/classpath
 *   java -Xmx8g -XX:+AlwaysPreTouch
 *       -cp model-core/target/test-classes:model-core/target/classes:$(cat model-core/target/classpath)
 *       io.destine.train.StepProfile BATCH IDS ROUNDS
 * </pre>
 */
public final class StepProfile {
  private static final int FIELDS = 39;
  private static final int D = 16;
  private static final int MICRO_BATCH = 16;
  private static final int BATCHES = 4;

  private final int batch;
  private final ParameterLayout layout;
  private final Parameters parameters;
  private final Optimizer optimizer;
  private final int[][] ids = new int[BATCHES][];
  private final float[] values = new float[MICRO_BATCH * FIELDS * D];
  private final float[] dense;
  private final Map<String, Double> least = new LinkedHashMap<>();
  private final ByteArrayOutputStream stream = new ByteArrayOutputStream(1 << 25);
  private long bytes;
  private int rows;

  private StepProfile(int batch, int vocabulary) {
    this.batch = batch;
    layout =
        ParameterLayout.of(
            ModelConfig.interaction().embeddingDim(D).heads(2).headDim(16).layers(3).build(),
            FieldLayout.ofIds(FIELDS));
    parameters = new Parameters(layout, Precision.FLOAT32, vocabulary);
    optimizer = Optimizers.create(OptimizerConfig.of(OptimizerKind.ADAM, 0.001), parameters, 1);
    dense = new float[layout.denseSize()];
    int perField = vocabulary / FIELDS;
    CounterRandom random = CounterRandom.of(1, Purpose.ROW_ORDER);
    for (int b = 0; b < BATCHES; b++) {
      CounterRandom uniform = random.at(b);
      ids[b] = new int[batch * FIELDS];
      Arrays.setAll(
          ids[b], i -> i % FIELDS * perField + (int) (Math.pow(uniform.uniform(i), 4) * perField));
    }
    fill(dense, 1e-2, random);
    fill(values, 1e-3, random);
  }

  private static void fill(float[] values, double deviation, CounterRandom random) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * random.gaussian(i));
    }
  }

  /** Runs with the given batch size, number of ids and rounds. */
  public static void main(String[] arguments) throws IOException, ClassNotFoundException {
    int batch = Integer.parseInt(arguments[0]);
    int vocabulary = Integer.parseInt(arguments[1]);
    StepProfile profile = new StepProfile(batch, vocabulary);
    int rounds = Integer.parseInt(arguments[2]);
    for (int r = 0; r < rounds; r++) {
      profile.round(r);
      if (r == rounds / 4) {
        profile.least.clear();
      }
    }
    StringBuilder line = new StringBuilder();
    profile.least.forEach(
        (piece, ms) -> line.append(String.format(Locale.ROOT, ", \"%s_ms\": %.2f", piece, ms)));
    System.out.printf(
        "{\"batch\": %d, \"ids\": %d, \"rows\": %d, \"wire_bytes\": %d%s}%n",
        batch, vocabulary, profile.rows, profile.bytes, line);
  }

  private void round(int round) throws IOException, ClassNotFoundException {
    int[] all = ids[round % BATCHES];
    GradientSum whole = timedSum("accumulate", all, 0, batch);
    GradientSum first = timedSum(null, all, 0, batch / 2);
    GradientSum second = timedSum(null, all, batch / 2, batch);
    byte[] wire = serialised(whole);
    bytes = wire.length;
    long start = processorTime();
    read(wire);
    took("deserialise", start);
    GradientSum left = read(serialised(first));
    GradientSum right = read(serialised(second));
    start = processorTime();
    GradientSum merged = left.merge(right);
    took("merge", start);
    start = processorTime();
    Gradient gradient = merged.toGradient();
    took("to_gradient", start);
    rows = gradient.ids().length;
    start = processorTime();
    optimizer.step(gradient, 0.001);
    took("optimise", start);
  }

  private GradientSum timedSum(String piece, int[] all, int from, int to) {
    long start = processorTime();
    GradientSum sum = new GradientSum(layout, GradientSum.bitsFor(batch, 1));
    for (int n = from; n < to; n += MICRO_BATCH) {
      add(sum, all, n * FIELDS, Math.min(MICRO_BATCH, to - n) * FIELDS);
    }
    sum.addDense(0, dense, 0, dense.length);
    sum.addLoss(1, to - from, to - from);
    if (piece != null) {
      took(piece, start);
    }
    return sum;
  }

  private void add(GradientSum sum, int[] all, int from, int n) {
    sum.addEmbeddings(all, from, n, values, 0, D);
  }

  private byte[] serialised(GradientSum sum) throws IOException {
    stream.reset();
    long start = processorTime();
    try (ObjectOutputStream out = new ObjectOutputStream(stream)) {
      out.writeObject(sum);
    }
    if (sum.rows() == batch) {
      took("serialise", start);
    }
    return stream.toByteArray();
  }

  private static GradientSum read(byte[] wire) throws IOException, ClassNotFoundException {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(wire))) {
      return (GradientSum) in.readObject();
    }
  }

  /** Processor time of this thread, which depends less on other programs on the machine. */
  private static long processorTime() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private void took(String piece, long start) {
    least.merge(piece, (processorTime() - start) / 1e6, Math::min);
  }
}
