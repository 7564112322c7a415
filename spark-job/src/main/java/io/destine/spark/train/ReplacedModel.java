package io.destine.spark.train;

import io.destine.artifact.ModelFormatException;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedFields;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.SideTableConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.EncodedDataSet;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.parameters.ModelBase;
import io.destine.spark.source.SourceParts;
import io.destine.spark.store.CanonicalPath;
import io.destine.spark.store.OutputKind;
import io.destine.spark.store.PublishedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * Checks the model that a training run is about to replace. Replacing requires {@code --overwrite};
 * with {@code --resume}, the decision was made at the start of the training, so it may replace a
 * model with the same fields.
 */
public final class ReplacedModel {
  private ReplacedModel() {}

  /**
   * Checks that there is no model in the output directory.
   *
   * @throws UserError if there is one
   */
  static void requireNone(Configuration hadoop, JobConfig config) {
    if (exists(hadoop, config.output().model())) {
      throw new UserError(
          "output.model: "
              + config.output().model()
              + " holds a model; add --overwrite to replace it, or name another directory");
    }
  }

  /**
   * Whether a directory holds a model, or an interrupted replacement has left the previous model
   * next to it.
   */
  public static boolean exists(Configuration hadoop, String directory) {
    return ModelBase.open(hadoop, directory).exists()
        && CanonicalPath.of(hadoop, directory).contents().kind() != OutputKind.EMPTY;
  }

  /**
   * Checks that the model in the output directory, if any, has the same fields.
   *
   * @throws UserError if the fields differ
   */
  static void requireSameFields(SparkSession spark, JobConfig config) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    if (!exists(hadoop, config.output().model())) {
      return;
    }
    PublishedModel model = ModelBase.open(hadoop, config.output().model());
    Set<String> there;
    try {
      there =
          model.read(
              reader -> reader.fields().map(ReplacedModel::configured).orElseGet(TreeSet::new));
    } catch (ModelFormatException e) {
      // It is damaged, so it cannot be in use.
      return;
    }
    Set<String> here = fields(spark, config);
    if (!there.equals(here)) {
      Set<String> gone = new TreeSet<>(there);
      gone.removeAll(here);
      here.removeAll(there);
      List<String> sides = new ArrayList<>();
      if (!gone.isEmpty()) {
        sides.add("fields only in that model: " + String.join(", ", gone));
      }
      if (!here.isEmpty()) {
        sides.add("fields only in the configuration: " + String.join(", ", here));
      }
      throw new UserError(
          "output.model: "
              + config.output().model()
              + " holds a model with different fields ("
              + String.join("; ", sides)
              + "); add --overwrite to replace it");
    }
  }

  /** Names of the fields with a column of a model or a data set, without crosses and rates. */
  private static Set<String> configured(FittedFields fields) {
    return names(fields.configured());
  }

  private static Set<String> names(List<FieldSpec> fields) {
    return new TreeSet<>(fields.stream().map(FieldSpec::name).toList());
  }

  /** Names of the configured fields, or of the fields chosen by the interrupted run. */
  private static Set<String> fields(SparkSession spark, JobConfig config) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    String data = config.output().data();
    boolean chosen = config.fields().isEmpty();
    if (chosen && EncodedDataSet.manifest(hadoop, data).isPresent()) {
      String vocabulary = EncodedDataSet.vocabularyPath(data);
      return configured(StoredVocabulary.open(hadoop, vocabulary).fields());
    }
    List<FieldSpec> all = new ArrayList<>(SideTableConfig.allFields(config.tables()));
    all.addAll(chosen ? SourceParts.read(spark, config).fields() : config.fields());
    return names(all);
  }
}
