package io.destine.spark.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.destine.artifact.ModelFormatException;
import io.destine.artifact.ModelReader;
import io.destine.artifact.VocabularyIndex;
import io.destine.spark.conf.FieldText;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.DataSetManifest;
import io.destine.spark.encode.EncodedDataSet;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.parameters.ModelBase;
import io.destine.spark.store.CurrentModel;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** inspect: shows the contents of a model directory. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = {
      "Prints architecture, training, metrics, fields, tensors and files of a model.",
      "--json prints the same for programs."
    })
final class InspectCommand implements Callable<Integer> {
  private static final String WITHOUT_LIMITS =
      "# max-values and max-frequency of fields are not stored here: add those you have set\n";

  @ArgGroup(multiplicity = "1")
  private Place place;

  /** The directory argument. */
  private static final class Place {
    @Option(
        names = "--model",
        paramLabel = "DIR",
        description = "The model directory, or a directory of nightly runs with its live model.")
    private String model;

    @Option(
        names = "--data",
        paramLabel = "DIR",
        description = "An encoded data set, for --as-config.")
    private String data;
  }

  @Option(
      names = "--as-config",
      description = {
        "Prints the fields, crosses and label rates as configuration text that replaces"
            + " fields = \"*\" or a search for crosses; encode gives the same result with it."
            + " Fields of side tables stay in their section; max-values and max-frequency of fields"
            + " are printed with --model only."
      })
  private boolean asConfig;

  @Option(names = "--verify", description = "Reads every file and checks its SHA-256.")
  private boolean verify;

  @Option(names = "--json", description = "Prints one line of JSON, for programs.")
  private boolean json;

  @Override
  public Integer call() {
    if (place.data != null && !asConfig) {
      throw new UserError("--data: only with --as-config; name a model with --model");
    }
    if (asConfig && (verify || json)) {
      throw new UserError("--as-config prints a configuration; leave --verify and --json out");
    }
    String directory = place.model == null ? place.data : place.model;
    try (Session session = Session.open("inspect", directory)) {
      Configuration hadoop = session.context().hadoopConfiguration();
      if (asConfig) {
        Console.result(configuration(hadoop));
        return 0;
      }
      String model = CurrentModel.resolve(hadoop, directory);
      ModelSummary summary =
          ModelBase.open(hadoop, model)
              .read(
                  reader -> {
                    if (verify) {
                      reader.verify();
                    }
                    return new ModelSummary(model, reader, vocabulary(hadoop, reader), verify);
                  });
      if (json) {
        Console.result(summary.json());
      } else {
        Console.result(summary.text());
      }
    } catch (ModelFormatException e) {
      throw new UserError(e.getMessage());
    }
    return 0;
  }

  private String configuration(Configuration hadoop) {
    if (place.data == null) {
      return ModelBase.open(hadoop, CurrentModel.resolve(hadoop, place.model))
          .read(
              reader -> {
                JsonNode job = new ObjectMapper().valueToTree(reader.manifest().job());
                return text(StoredVocabulary.ofModel(hadoop, reader), job, job.has("fields"));
              });
    }
    DataSetManifest manifest =
        EncodedDataSet.manifest(hadoop, place.data)
            .orElseThrow(
                () -> new UserError("--data: " + place.data + " holds no encoded data set"));
    String vocabulary = EncodedDataSet.vocabularyPath(place.data);
    // Chosen fields have no limits of their own.
    return text(
        StoredVocabulary.open(hadoop, vocabulary),
        MissingNode.getInstance(),
        !manifest.columns().isEmpty());
  }

  private static String text(StoredVocabulary vocabulary, JsonNode job, boolean whole) {
    return (whole ? "" : WITHOUT_LIMITS) + FieldText.of(vocabulary.fields().specs(), job);
  }

  /** The vocabulary of a model; a checkpoint has none. */
  private static Optional<StoredVocabulary> vocabulary(Configuration hadoop, ModelReader reader) {
    if (reader.fields().isEmpty()) {
      return Optional.empty();
    }
    reader.verify("vocabulary/" + VocabularyIndex.FILE);
    return Optional.of(StoredVocabulary.ofModel(hadoop, reader));
  }
}
