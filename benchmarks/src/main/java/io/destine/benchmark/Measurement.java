package io.destine.benchmark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.model.NetworkKernels;
import java.util.LinkedHashMap;
import java.util.Map;

/** One measurement as a JSON line. */
final class Measurement {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Measurement() {}

  /** A line that begins with the description of the measurement. */
  static Map<String, Object> of(
      String benchmark, BenchmarkOptions options, NetworkKernels kernels) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("benchmark", benchmark);
    line.put("kernel", kernels.choice().key());
    line.put("fields", options.shape().fields);
    line.put("d", options.shape().d);
    line.put("heads", options.shape().heads);
    line.put("head_dim", options.shape().headDim);
    line.put("layers", options.shape().layers);
    line.put("batch", options.batch());
    line.put("threads", options.threads());
    return line;
  }

  /** Milliseconds, to the microsecond. */
  static double milliseconds(double seconds) {
    return Math.round(seconds * 1e6) / 1e3;
  }

  /** A ratio, to three decimals. */
  static double ratio(double a, double b) {
    return Math.round(1000 * a / b) / 1000.0;
  }

  /** The line as JSON. */
  static String json(Map<?, ?> line) {
    try {
      return JSON.writeValueAsString(line);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a measurement must be JSON, got " + line, e);
    }
  }
}
