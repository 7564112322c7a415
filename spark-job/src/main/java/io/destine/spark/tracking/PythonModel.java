package io.destine.spark.tracking;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.artifact.ModelArchive;
import io.destine.artifact.ModelReader;
import io.destine.spark.store.HadoopModelDirectory;
import io.destine.spark.store.Storage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A model as a directory for MLflow's pyfunc loader: the files needed for scoring, the scorer's
 * jar, the Python module that runs it, and MLflow's description of these.
 *
 * @param directory of the model
 * @param run the MLflow run that registers it
 */
record PythonModel(Configuration hadoop, String directory, String run) {
  /** Name of the directory among the files of a run. */
  static final String NAME = "model";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MODULE = "destine_spark/mlflow.py";
  private static final String JAR = "destine-scorer.jar";

  /** Writes the directory; the description is written last. */
  void write(MlflowArtifacts artifacts) throws IOException {
    Path path = new Path(directory);
    HadoopModelDirectory files = new HadoopModelDirectory(Storage.of(hadoop, path), path);
    ModelReader model = ModelReader.open(files);
    for (String name : ModelArchive.files(model)) {
      artifacts.write(NAME + "/destine/" + name, files.length(name), () -> files.open(name));
    }
    write(artifacts, "code/" + MODULE, resource("/" + MODULE));
    // Only the packaged application contains the jar; without it, loading the model requires one
    // in DESTINE_SCORER_JAR.
    Optional<byte[]> jar = resource(JAR);
    write(artifacts, JAR, jar);
    write(artifacts, "requirements.txt", Optional.of(bytes("mlflow\npandas\n")));
    write(artifacts, "MLmodel", Optional.of(bytes(description(model).toPrettyString() + "\n")));
  }

  private static void write(MlflowArtifacts artifacts, String name, Optional<byte[]> bytes)
      throws IOException {
    if (bytes.isPresent()) {
      byte[] content = bytes.get();
      artifacts.write(NAME + "/" + name, content.length, () -> new ByteArrayInputStream(content));
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Optional<byte[]> resource(String name) throws IOException {
    try (InputStream in = PythonModel.class.getResourceAsStream(name)) {
      return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
    }
  }

  /**
   * Written as JSON, which is also YAML. Without a signature: no MLflow type covers all values of a
   * categorical column.
   */
  private ObjectNode description(ModelReader model) {
    ObjectNode json = JSON.createObjectNode().put("artifact_path", NAME).put("run_id", run);
    LocalDateTime now = LocalDateTime.ofInstant(Instant.now(), ZoneOffset.UTC);
    json.put("utc_time_created", now.toString().replace('T', ' '));
    json.putObject("flavors")
        .putObject("python_function")
        .put("loader_module", "destine_spark.mlflow")
        .put("code", "code")
        .put("manifest_sha256", model.manifestSha256());
    return json;
  }
}
