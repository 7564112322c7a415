package io.destine.benchmark;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.destine.artifact.LocalModelDirectory;
import io.destine.artifact.ModelReader;
import io.destine.feature.FittedFields;
import io.destine.onnx.ExportOptions;
import io.destine.onnx.GraphInput;
import io.destine.onnx.InputForm;
import io.destine.onnx.ModelIdentity;
import io.destine.onnx.OnnxFile;
import io.destine.onnx.OnnxGraph;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.DoubleBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** ONNX Runtime on the exported graph with strings, with one thread. */
final class OnnxEngine implements ScoringEngine {
  private static final Set<String> OUTPUT = Set.of(OnnxGraph.PROBABILITY);

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final List<GraphInput> inputs;

  /**
   * Exports the model to a file and opens it.
   *
   * @throws IllegalArgumentException when a field takes anything but a text or a number
   */
  OnnxEngine(Path model, Path file) throws IOException {
    ModelReader reader = ModelReader.open(new LocalModelDirectory(model));
    FittedFields fields = reader.fields().orElseThrow();
    OnnxFile graph =
        OnnxGraph.of(
            reader.network(),
            reader.parameters(),
            reader.manifest().logitMap(),
            fields,
            reader.vocabulary(fields),
            new ModelIdentity(reader.manifestSha256(), "benchmark"),
            ExportOptions.of(InputForm.STRINGS));
    inputs = graph.inputs();
    for (GraphInput input : inputs) {
      if (input.takes() != GraphInput.Takes.TEXT && input.takes() != GraphInput.Takes.NUMBER) {
        throw new IllegalArgumentException(
            "fields of the model must take a text or a number each, got " + input);
      }
    }
    try (OutputStream out = Files.newOutputStream(file)) {
      graph.write(out, file.getFileName() + ".data");
    }
    try {
      OrtSession.SessionOptions options = new OrtSession.SessionOptions();
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      session = environment.createSession(file.toString(), options);
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime must open " + file + ", got " + e, e);
    }
  }

  @Override
  public double one(Map<String, String> row) {
    return many(List.of(row))[0];
  }

  @Override
  public double[] many(List<Map<String, String>> rows) {
    Map<String, OnnxTensor> tensors = new HashMap<>();
    try {
      for (GraphInput input : inputs) {
        tensors.put(input.name(), tensor(input, rows));
      }
      try (OrtSession.Result result = session.run(tensors, OUTPUT)) {
        float[] found = (float[]) result.get(0).getValue();
        double[] probabilities = new double[found.length];
        for (int n = 0; n < found.length; n++) {
          probabilities[n] = found[n];
        }
        return probabilities;
      }
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime must score the rows, got " + e, e);
    } finally {
      tensors.values().forEach(OnnxTensor::close);
    }
  }

  private OnnxTensor tensor(GraphInput input, List<Map<String, String>> rows) throws OrtException {
    long[] shape = {rows.size()};
    if (input.takes() == GraphInput.Takes.TEXT) {
      String[] texts = new String[rows.size()];
      for (int n = 0; n < texts.length; n++) {
        texts[n] = rows.get(n).get(input.field());
      }
      return OnnxTensor.createTensor(environment, texts, shape);
    }
    double[] numbers = new double[rows.size()];
    for (int n = 0; n < numbers.length; n++) {
      numbers[n] = Double.parseDouble(rows.get(n).get(input.field()));
    }
    return OnnxTensor.createTensor(environment, DoubleBuffer.wrap(numbers), shape);
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime must close its session, got " + e, e);
    }
  }
}
