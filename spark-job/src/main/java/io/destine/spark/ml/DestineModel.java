package io.destine.spark.ml;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.artifact.Manifest;
import io.destine.feature.FieldSpec;
import io.destine.spark.conf.SparkVersion;
import io.destine.spark.conf.UserError;
import io.destine.spark.predict.ExplainJob;
import io.destine.spark.predict.LoadedModel;
import io.destine.spark.predict.LogitColumns;
import io.destine.spark.source.TableSchema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * A fitted network. {@link #transform} adds the logits, the probabilities and the prediction to a
 * table with the columns of the fields.
 *
 * <p>A saved model is a model directory, which the commands {@code inspect} and {@code export} and
 * the scorer without Spark can also read; {@link #load} also reads a directory written by the
 * command {@code train} or by a nightly run.
 */
public final class DestineModel extends Model<DestineModel> implements DestineParams, MLWritable {
  private static final long serialVersionUID = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String uid;
  private final ModelFiles files;

  /** A model without files, which Spark creates by class name. */
  public DestineModel() {
    this(ParamMetadata.newUid());
  }

  /** A model without files, which Spark creates by class name. */
  public DestineModel(String uid) {
    this(uid, null);
  }

  DestineModel(String uid, ModelFiles files) {
    SparkVersion.check();
    this.uid = uid;
    this.files = files;
    ParamDefaults.set(this);
  }

  @Override
  public String uid() {
    return uid;
  }

  /** Sets the column of the prediction. */
  public DestineModel setPredictionCol(String column) {
    set(predictionCol(), column);
    return this;
  }

  /** Sets the column of the probabilities. */
  public DestineModel setProbabilityCol(String column) {
    set(probabilityCol(), column);
    return this;
  }

  /** Sets the column of the logits. */
  public DestineModel setRawPredictionCol(String column) {
    set(rawPredictionCol(), column);
    return this;
  }

  /** Sets the column of explanations; see {@link #explanationCol}. */
  public DestineModel setExplanationCol(String column) {
    set(explanationCol(), column);
    return this;
  }

  /** Sets the probability threshold for a prediction of 1. */
  public DestineModel setThreshold(double value) {
    set(threshold(), value);
    return this;
  }

  /** Sets thresholds by label. */
  public DestineModel setThresholds(double... values) {
    set(thresholds(), values);
    return this;
  }

  /** Sets the treatment of unreadable rows. */
  public DestineModel setHandleInvalid(String choice) {
    set(handleInvalid(), choice);
    return this;
  }

  /**
   * The directory of the model. The directory of a fit is deleted once the model is no longer
   * referenced.
   */
  public String directory() {
    return files().directory();
  }

  /**
   * Metrics of the validation rows and of the training, from the model's manifest, and the kernel
   * used for training.
   */
  public Map<String, Object> metrics() {
    Manifest manifest = files().manifest();
    Map<String, Object> metrics = new LinkedHashMap<>();
    if (manifest.metrics() != null) {
      metrics.putAll(manifest.metrics());
    }
    metrics.put("kernel", manifest.kernel());
    return metrics;
  }

  /** The same as text in JSON. */
  public String metricsJson() {
    try {
      return JSON.writeValueAsString(metrics());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Like {@link #featureImportances(Dataset, String, int, int, long)}, with the label column of the
   * fit or of the command.
   */
  public Dataset<Row> featureImportances(Dataset<?> dataset) {
    return featureImportances(dataset, getLabelCol(), 20_000, 3, 1);
  }

  /**
   * Permutation importance of each field: the increase in log loss ({@code logLoss}) and the
   * decrease in AUC ({@code auc}) if its values are randomly exchanged between rows, as the mean
   * over the repetitions with its standard error. A table with a row for each {@code field}, the
   * most important one first. Timestamps are read in the session's time zone.
   *
   * @param label column of the label, 0 or 1
   * @param rows approximate number of rows of the sample
   * @param repeats number of permutations of each field's values
   * @param seed of the sample and the permutations
   * @throws io.destine.spark.conf.UserError if a column is missing or has an unsuitable type
   */
  public Dataset<Row> featureImportances(
      Dataset<?> dataset, String label, int rows, int repeats, long seed) {
    Optional<String> weight =
        isDefined(weightCol()) ? Optional.of(getWeightCol()) : Optional.empty();
    try {
      return FieldImportances.of(
          dataset.sparkSession(),
          model(dataset.sparkSession()),
          new PlainColumns(dataset.toDF(), uid),
          label,
          weight,
          new ExplainJob.Settings(rows, repeats, seed));
    } catch (UserError e) {
      throw ParamMessages.of(e, List.of());
    }
  }

  /**
   * The embeddings of the values: a table with a row for each id and the columns {@code field},
   * {@code use}, {@code value}, {@code id}, {@code count} and {@code vector}, an array of floats
   * (see {@link LoadedModel#embeddings}). Lazy; in no particular order.
   */
  public Dataset<Row> embeddings() {
    SparkSession spark = SparkSession.active();
    return model(spark).embeddings(spark, files());
  }

  /** The number of labels, 2: 0 and 1. */
  public int numClasses() {
    return 2;
  }

  /** The number of fields with a column, without crosses and label rates. */
  public int numFeatures() {
    return model(SparkSession.active()).vocabulary().fields().configured().size();
  }

  /** The time zone in which the fit read timestamps; if empty, only the manifest may contain it. */
  Optional<String> timeZone() {
    return files == null ? Optional.empty() : files.timeZone();
  }

  private ModelFiles files() {
    if (files == null) {
      throw new IllegalStateException(uid + " must be fitted or loaded, got a model without files");
    }
    return files;
  }

  private LoadedModel model(SparkSession spark) {
    return files().model(spark);
  }

  /**
   * The table with the columns of the parameters rawPredictionCol, probabilityCol, predictionCol
   * and explanationCol. Timestamps are read in the time zone of the fit. Lazy. Depending on
   * handleInvalid, an unreadable row fails its task, is left out or gets nulls.
   *
   * @throws IllegalArgumentException if a column in inputCols is missing, or if the name of an
   *     output column is already used
   * @throws io.destine.spark.conf.UserError if another column of a field is missing, or if a column
   *     of a field has an unsuitable type
   */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    transformSchema(dataset.schema());
    LoadedModel model = model(dataset.sparkSession());
    PlainColumns columns = new PlainColumns(dataset.toDF(), uid);
    List<FieldSpec> specs = model.vocabulary().fields().ofLog();
    new TableSchema(columns.schema(), "the table").check(specs);
    Set<String> fields = specs.stream().map(FieldSpec::column).collect(Collectors.toSet());
    List<Column> read = new ArrayList<>();
    for (int n = 0; n < columns.count(); n++) {
      String name = columns.ownName(n);
      read.add(fields.contains(name) ? columns.plain(n).as(name) : columns.original(n));
    }
    List<Integer> vectors =
        columns.vectors().stream().filter(n -> fields.contains(columns.ownName(n))).toList();
    vectors.forEach(n -> read.add(columns.original(n)));
    Dataset<Row> named = columns.select(read.toArray(Column[]::new));
    boolean explained = !getExplanationCol().isEmpty();
    LogitColumns added =
        new LogitColumns(
            columns.name(read.size()),
            getHandleInvalid().equals(ERROR),
            explained ? Optional.of(columns.name(read.size() + 1)) : Optional.empty(),
            files());
    Dataset<Row> scored =
        model
            .logits(named, added, files().timeZone())
            .toDF(columns.names(read.size() + (explained ? 2 : 1)));
    Column logit = columns.original(read.size());
    if (getHandleInvalid().equals(SKIP)) {
      scored = scored.filter(logit.isNotNull());
    }
    List<Column> result = new ArrayList<>();
    for (int n = 0; n < columns.count(); n++) {
      int vector = vectors.indexOf(n);
      int place = vector < 0 ? n : columns.count() + vector;
      result.add(columns.original(place).as(columns.ownName(n)));
    }
    result.addAll(new OutputColumns(this).of(logit, files()));
    if (explained) {
      result.add(columns.original(read.size() + 1).as(getExplanationCol()));
    }
    return scored.select(result.toArray(Column[]::new));
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return new OutputColumns(this).addedTo(schema);
  }

  @Override
  public DestineModel copy(ParamMap extra) {
    return copyValues(new DestineModel(uid, files), extra).setParent(parent());
  }

  /** Bytes of the model's files, for Spark Connect, which limits the size of a session's models. */
  public long estimatedSize() {
    return files == null ? 0 : files.bytes();
  }

  /** Fields, network and validation metrics in one line, if they can be read. */
  @Override
  public String toString() {
    try {
      return ModelSentence.of(uid, files().manifest());
    } catch (Exception unreadable) {
      return uid;
    }
  }

  @Override
  public MLWriter write() {
    return new ModelDirectoryWriter(this);
  }

  @Override
  public void save(String path) throws IOException {
    write().save(path);
  }

  /** A reader of saved models. */
  public static MLReader<DestineModel> read() {
    return new ParamsReader<>(DestineModel.class, DestineModel::new);
  }

  /** Loads a saved model, or a model written by the command {@code train}. */
  public static DestineModel load(String path) {
    return read().load(path);
  }
}
