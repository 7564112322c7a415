package io.destine.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A file in ONNX Runtime, on one thread. */
final class OnnxSession implements AutoCloseable {
  private static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();

  private final OrtSession session;

  private OnnxSession(Path file) throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(1);
    session = ENVIRONMENT.createSession(file.toString(), options);
  }

  /** Writes the file, with its data beside it when it has some, and opens it. */
  static OnnxSession of(OnnxFile file, Path path) throws IOException, OrtException {
    Path data = path.resolveSibling(path.getFileName() + ".data");
    try (OutputStream out = Files.newOutputStream(path)) {
      file.write(out, data.getFileName().toString());
    }
    if (file.hasData()) {
      try (OutputStream out = Files.newOutputStream(data)) {
        file.writeData(out);
      }
    }
    return new OnnxSession(path);
  }

  /** The metadata properties of the file. */
  Map<String, String> properties() throws OrtException {
    return session.getMetadata().getCustomMetadata();
  }

  /**
   * The values of an output [B].
   *
   * @param inputs arrays of texts and numbers by input
   */
  float[] run(String output, Map<String, Object> inputs) throws OrtException {
    Map<String, OnnxTensor> tensors = new HashMap<>();
    try {
      for (Map.Entry<String, Object> input : inputs.entrySet()) {
        tensors.put(input.getKey(), OnnxTensor.createTensor(ENVIRONMENT, input.getValue()));
      }
      try (OrtSession.Result result = session.run(tensors)) {
        return ((float[]) result.get(output).orElseThrow().getValue()).clone();
      }
    } finally {
      tensors.values().forEach(OnnxTensor::close);
    }
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
