package io.destine.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.feature.EncodedBatch;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class BenchmarkMainTest {
  private static Map<String, Object> run(String benchmark, String vocab, int threads) {
    List<String> arguments = new ArrayList<>(List.of(benchmark, "--vocab", vocab));
    arguments.addAll(List.of("--fields", "3", "--d", "4", "--head-dim", "4", "--layers", "1"));
    arguments.addAll(List.of("--batch", "64", "--seconds", "0", "--kernel", "nd4j"));
    arguments.addAll(List.of("--threads", String.valueOf(threads)));
    CommandLine benchmarks = BenchmarkMain.benchmarks();
    assertThat(benchmarks.execute(arguments.toArray(new String[0]))).isZero();
    return benchmarks.getSubcommands().get(benchmark).getExecutionResult();
  }

  @Test
  void kernelMeasuresTheStepAndItsParts() {
    Map<String, Object> line = run("kernel", "300", 2);
    assertThat(line).containsEntry("threads", 2).containsEntry("kernel", "nd4j");
    for (String rate :
        List.of("rows_per_s", "rows_per_cpu_s", "gradient_rows_per_s", "logits_rows_per_s")) {
      assertThat((Long) line.get(rate)).as(rate).isPositive();
    }
    assertThat(Measurement.json(line)).startsWith("{\"benchmark\":\"kernel\"").endsWith("}");
  }

  @Test
  void vocabularyComparesTwoTables() {
    Map<String, Object> line = run("vocabulary", "300,30000", 1);
    assertThat(line).containsEntry("vocab_small", 300).containsEntry("vocab_large", 30000);
    assertThat((Double) line.get("ratio")).isPositive();
    assertThat((Long) line.get("distinct_ids_large"))
        .isGreaterThan((Long) line.get("distinct_ids_small"));
  }

  @Test
  void predictIsSetBesideTraining() {
    Map<String, Object> line = run("predict", "300", 1);
    assertThat(line.get("rows_per_s_per_thread")).isEqualTo(line.get("rows_per_s"));
    assertThat((Double) line.get("ratio_to_training")).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kernel --rows 3 | Unknown options: '--rows', '3'",
        "kernel --batch many | Invalid value for option '--batch': 'many' is not an int",
        "kernel --batch 0 | error: --batch must be at least 1, got 0",
        "kernel --vocab 10 | error: --vocab must be at least 39, got 10",
        "kernel --kernel gpu | Invalid value for option '--kernel'",
        "kernel --vocab 100,200 | error: --vocab must be one number here, got 2 of them",
        "vocabulary --vocab 100 | error: --vocab must be two numbers",
        "determinism --threads 2 | error: --threads must be 1 here, got 2",
        "score --threads 4 | error: --threads must be 1 here, got 4",
        "encode --fields 27 | error: --fields must be 1 to 26, got 27",
        "encode --repeats 1.5 | Invalid value for option '--repeats': '1.5' is not an int",
        "step --owners executors --checkpoint-seconds 3 | error: --checkpoint-seconds needs",
        "speed | Unmatched argument at index 0: 'speed'"
      })
  void argumentsThatCannotBeUsedAreNamed(String arguments, String message) {
    StringWriter err = new StringWriter();
    CommandLine benchmarks = BenchmarkMain.benchmarks().setErr(new PrintWriter(err));
    assertThat(benchmarks.execute(arguments.split(" "))).isEqualTo(2);
    assertThat(err.toString()).startsWith(message);
  }

  @Test
  void idsAreSkewedWithinTheirFieldsAndAQuarterOfTheLabelsIsOne() {
    EncodedBatch batch = SkewedRows.batch(1, 20_000, 2, 2_000);
    int[] first = new int[batch.rows()];
    for (int n = 0; n < batch.rows(); n++) {
      first[n] = batch.ids()[2 * n];
      assertThat(first[n]).isBetween(0, 999);
      assertThat(batch.ids()[2 * n + 1]).isBetween(1_000, 1_999);
    }
    // P(u^4 < 1/16) = 1/2; standard error of a share of 20,000 rows is below 0.004.
    assertThat(Arrays.stream(first).filter(id -> id < 62.5).count() / 20_000.0)
        .isBetween(0.48, 0.52);
    double clicks = 0;
    for (float label : batch.labels()) {
      clicks += label;
    }
    assertThat(clicks / 20_000).isBetween(0.235, 0.265);
  }
}
