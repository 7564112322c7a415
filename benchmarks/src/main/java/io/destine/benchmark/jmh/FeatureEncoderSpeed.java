package io.destine.benchmark.jmh;

import io.destine.feature.BatchBuilder;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FeatureEncoder;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedField;
import io.destine.feature.FittedFields;
import io.destine.feature.Vocabulary;
import io.destine.feature.VocabularyBuilder;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Microseconds to encode a row of 39 texts of eight characters, skewed, a tenth of them unknown.
 *
 * <pre>
 *   submit-scripts/bench.sh jmh FeatureEncoderSpeed
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FeatureEncoderSpeed {
  private static final int FIELDS = 39;
  private static final int ROWS = 1024;

  @Param({"10000", "1000000"})
  int vocabulary;

  private FeatureEncoder encoder;
  private final String[][] records = new String[ROWS][FIELDS];

  @Setup
  public void fill() {
    List<FieldSpec> specs =
        IntStream.range(0, FIELDS).mapToObj(m -> FieldSpec.categorical("f" + m)).toList();
    int perField = vocabulary / FIELDS;
    VocabularyBuilder values = Vocabulary.builder(specs.stream().map(FieldSpec::name).toList(), 1);
    for (int m = 0; m < FIELDS; m++) {
      values.reserve(m);
      for (int k = 0; k < perField; k++) {
        values.add(m, text(k));
      }
    }
    FittedFields fields = new FittedFields(specs.stream().map(FittedField::of).toList());
    encoder = new FeatureEncoder(fields, values.build());
    CounterRandom random = CounterRandom.of(1, Purpose.ROW_ORDER);
    for (int n = 0; n < ROWS; n++) {
      for (int m = 0; m < FIELDS; m++) {
        double u = random.uniform((long) n * FIELDS + m);
        boolean unknown = random.at(1).uniform((long) n * FIELDS + m) < 0.1;
        records[n][m] = text((int) (u * u * u * u * perField) + (unknown ? perField : 0));
      }
    }
  }

  /** A different text for each k: multiplication by an odd factor is a bijection of ints. */
  private static String text(int k) {
    return String.format("%08x", k * 0x9E3779B1);
  }

  /** A row. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public EncodedBatch encode() {
    BatchBuilder rows = new BatchBuilder(encoder.layout());
    for (String[] record : records) {
      encoder.encode(m -> record[m], rows);
      rows.endRow(1, 1, 0);
    }
    return rows.build(0);
  }
}
