package io.destine.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.config.Precision;
import io.destine.param.ParameterLayout;
import io.destine.param.ParameterTable;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PythonReaderTest {
  private static final Path PYTHON = Path.of("/usr/bin/python3");

  @ParameterizedTest
  @CsvSource({"FLOAT32, 1000000", "FLOAT32, 200", "FLOAT64, 200"})
  void pythonOpensTheFilesAndSeesTheSameNumbers(
      Precision precision, long shardBytes, @TempDir Path dir) throws Exception {
    assumeTrue(Files.isExecutable(PYTHON), PYTHON + " is not installed");
    SampleModel sample = new SampleModel(precision, 40, 2);
    Path model = dir.resolve("model");
    sample.writeTo(new LocalModelDirectory(model), shardBytes);
    Path expected = dir.resolve("expected.json");
    Files.write(expected, new ObjectMapper().writeValueAsBytes(expected(sample)));
    Path script = dir.resolve("read_model.py");
    try (InputStream in = getClass().getResourceAsStream("/artifact/read_model.py")) {
      Files.copy(in, script);
    }
    Process process =
        new ProcessBuilder(
                List.of(
                    PYTHON.toString(), script.toString(), model.toString(), expected.toString()))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    assertThat(output).contains("plain ok " + expected(sample).size());
    assertThat(output).matches("(?s).*safetensors (ok|absent)\\n");
  }

  private static Map<String, Object> expected(SampleModel sample) {
    Map<String, Object> all = new TreeMap<>();
    ParameterLayout layout = sample.network.layout();
    for (ParameterLayout.Tensor t : layout.tensors()) {
      all.put(t.name(), tensor(t.shape(), slice(sample.parameters.dense(), t)));
    }
    for (ParameterLayout.Tensor t : layout.statistics()) {
      all.put(t.name(), tensor(t.shape(), slice(sample.parameters.statistics(), t)));
    }
    all.put("embedding.weight", table(sample.parameters.embedding()));
    all.put("wide.weight", table(sample.parameters.wide()));
    sample.optimizer.tables().forEach((name, t) -> all.put("optimizer/" + name, table(t)));
    sample
        .optimizer
        .arrays()
        .forEach((name, a) -> all.put("optimizer/" + name, tensor(List.of(a.length), a)));
    sample
        .optimizer
        .counters()
        .forEach((name, n) -> all.put("optimizer/" + name, tensor(List.of(), new long[] {n})));
    return all;
  }

  private static double[] slice(double[] values, ParameterLayout.Tensor t) {
    return Arrays.copyOfRange(values, t.offset(), t.offset() + t.size());
  }

  private static Map<String, Object> table(ParameterTable table) {
    double[] values = new double[table.rows() * table.width()];
    for (int row = 0; row < table.rows(); row++) {
      table.read(row, values, row * table.width());
    }
    return tensor(List.of(table.rows(), table.width()), values);
  }

  private static Map<String, Object> tensor(List<Integer> shape, Object values) {
    return Map.of("shape", shape, "values", values);
  }
}
