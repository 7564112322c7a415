package io.destine.spark.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.artifact.Manifest;
import io.destine.artifact.ModelFormatException;
import io.destine.artifact.ModelReader;
import io.destine.param.ParameterLayout;
import io.destine.spark.conf.UserError;
import io.destine.spark.replica.ModelBase;
import io.destine.spark.store.CurrentModel;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** inspect: what a model directory holds. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = "Prints what a model is: architecture, fields, tensors, metrics, files.")
final class InspectCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "The model directory, or that of nightly runs, whose live model is meant.")
  private String directory;

  @Option(names = "--verify", description = "Read every file and check its SHA-256.")
  private boolean verify;

  @Override
  public Integer call() {
    try (Session session = Session.open("inspect", directory)) {
      Configuration hadoop = session.context().hadoopConfiguration();
      directory = CurrentModel.resolve(hadoop, directory);
      ModelBase.open(hadoop, directory)
          .read(
              reader -> {
                if (verify) {
                  reader.verify();
                }
                print(reader);
                return reader;
              });
    } catch (ModelFormatException e) {
      throw new UserError(e.getMessage());
    }
    return 0;
  }

  private void print(ModelReader reader) {
    Manifest manifest = reader.manifest();
    ParameterLayout layout = reader.network().layout();
    int rows = manifest.vocabularySize();
    line("model", directory);
    line("identity", reader.manifestSha256());
    line("created", manifest.createdAt() + " by " + manifest.createdBy());
    line("kernel", manifest.kernel());
    line("network", manifest.model());
    line("training", manifest.train());
    manifest.fields().forEach(field -> line("field", field.name() + " (" + field.kind() + ")"));
    line("tensor", ParameterLayout.EMBEDDING + " [" + rows + ", " + layout.embeddingDim() + "]");
    if (layout.wide()) {
      line("tensor", ParameterLayout.WIDE + " [" + rows + ", 1]");
    }
    layout.tensors().forEach(t -> line("tensor", t.name() + " " + t.shape()));
    line("parameters", String.format(Locale.ROOT, "%,d", layout.parameterCount(rows)));
    manifest
        .files()
        .forEach((name, digest) -> line("file", name + " " + digest + (verify ? " verified" : "")));
    Console.result(summary(reader, layout.parameterCount(rows)));
  }

  private static ObjectNode summary(ModelReader reader, long parameters) {
    ObjectMapper mapper = new ObjectMapper();
    Manifest manifest = reader.manifest();
    ObjectNode json = mapper.createObjectNode();
    json.put("identity", reader.manifestSha256());
    json.put("vocabulary", manifest.vocabularySize());
    json.put("parameters", parameters);
    json.put("kernel", manifest.kernel());
    Map<String, Object> metrics = manifest.metrics() == null ? Map.of() : manifest.metrics();
    JsonNode tree = mapper.valueToTree(metrics);
    for (JsonNode split : tree) {
      if (split instanceof ObjectNode figures) {
        figures.remove("reliability");
      }
    }
    json.set("metrics", tree);
    return json;
  }

  private static void line(String what, Object value) {
    Console.err().printf("%-11s %s%n", what, value);
  }
}
