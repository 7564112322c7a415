package io.destine.benchmark.jmh;

import io.destine.benchmark.SkewedRows;
import io.destine.config.ModelConfig;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.param.Gradient;
import io.destine.param.ParameterLayout;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import io.destine.train.GradientSum;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Milliseconds to add up, merge, write, read and convert the gradient sum of a task: rows of 39
 * skewed ids, d = 16.
 *
 * <pre>
 *   submit-scripts/bench.sh jmh GradientSumSpeed -p vocabulary=1000000
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class GradientSumSpeed {
  private static final int FIELDS = 39;
  private static final int D = 16;

  @Param("2048")
  int rows;

  @Param({"10000", "1000000", "10000000"})
  int vocabulary;

  private ParameterLayout layout;
  private EncodedBatch batch;
  private EncodedBatch otherBatch;
  private float[] values;
  private float[] dense;
  private GradientSum full;
  private byte[] bytes;

  @Setup
  public void fill() throws IOException {
    ModelConfig config =
        ModelConfig.interaction().embeddingDim(D).heads(2).headDim(16).layers(3).build();
    layout = ParameterLayout.of(config, FieldLayout.ofIds(FIELDS));
    batch = SkewedRows.batch(0, rows, FIELDS, vocabulary);
    otherBatch = SkewedRows.batch(1, rows, FIELDS, vocabulary);
    CounterRandom random = CounterRandom.of(1, Purpose.DENSE_INIT);
    values = new float[1 << 12];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.uniform(i) - 0.5);
    }
    dense = new float[layout.denseSize()];
    full = accumulate(batch);
    bytes = write();
  }

  /** Merging changes both sums. */
  @State(Scope.Thread)
  public static class Pair {
    private GradientSum left;
    private GradientSum right;

    @Setup(Level.Invocation)
    public void fill(GradientSumSpeed speed) {
      left = speed.accumulate(speed.batch);
      right = speed.accumulate(speed.otherBatch);
    }
  }

  private GradientSum accumulate(EncodedBatch from) {
    GradientSum sum = new GradientSum(layout, GradientSum.bitsFor(rows, 1));
    sum.addDense(0, dense, 0, dense.length);
    int at = 0;
    for (int id : from.ids()) {
      sum.addEmbedding(id, values, at);
      at = (at + D) & (values.length - 1);
    }
    sum.addLoss(rows, rows, rows);
    return sum;
  }

  /** Adds the gradient of a batch as a kernel does: the dense tensors once, a row for each id. */
  @Benchmark
  public GradientSum accumulate() {
    return accumulate(batch);
  }

  /** Merges the sums of two tasks. */
  @Benchmark
  public GradientSum merge(Pair pair) {
    return pair.left.merge(pair.right);
  }

  /** Writes the wire format. */
  @Benchmark
  public byte[] write() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 16);
    try (ObjectOutputStream objects = new ObjectOutputStream(out)) {
      full.writeExternal(objects);
    }
    return out.toByteArray();
  }

  /** Reads the wire format. */
  @Benchmark
  public GradientSum read() throws IOException {
    GradientSum sum = new GradientSum();
    try (ObjectInputStream objects = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      sum.readExternal(objects);
    }
    return sum;
  }

  /** Converts the sum to the gradient for an optimiser. */
  @Benchmark
  public Gradient toGradient() {
    return full.toGradient();
  }
}
