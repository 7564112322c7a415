package io.destine.spark.ml;

import io.destine.kernel.KernelChoice;
import io.destine.numeric.VectorModule;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.SideTableConfig;
import io.destine.spark.conf.SparkVersion;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.EncodedDataSet;
import io.destine.spark.encode.InitialModel;
import io.destine.spark.encode.TableEncoder;
import io.destine.spark.tracking.TrackedRun;
import io.destine.spark.tracking.Tracking;
import io.destine.spark.train.ModelTrainer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fits a network of decoupled self-attention between fields to a table of clicks. Columns need no
 * indexing or assembling: each column is a field, and its values get ids during the fit. The label
 * is 0 or 1.
 *
 * <p>Parameters that are settings of a configuration have its defaults and limits; most have the
 * name of the setting in camel case. For the same rows and settings, {@link #fit} gives the same
 * model as the command {@code train}, bit for bit, on any cluster.
 *
 * <p>A fit writes its encoded rows and the model in {@link #workingDirectory}.
 */
public final class DestineClassifier extends Estimator<DestineModel>
    implements DestineParams, SettingSetters<DestineClassifier>, MLWritable {
  private static final long serialVersionUID = 1;
  private static final Logger LOG = LoggerFactory.getLogger(DestineClassifier.class);

  private final String uid;
  private final FitProgress progress = new FitProgress();

  /** Keeps the files of the model given by {@link #initModel}, if it comes from a fit. */
  private transient DestineModel initial;

  private transient Map<String, Dataset<Row>> sideTables = new LinkedHashMap<>();

  /** An estimator with a new identifier. */
  public DestineClassifier() {
    this(ParamMetadata.newUid());
  }

  /** An estimator with the given identifier. */
  public DestineClassifier(String uid) {
    SparkVersion.check();
    this.uid = uid;
    ParamDefaults.set(this);
  }

  @Override
  public String uid() {
    return uid;
  }

  /** Sets the columns that are fields, in order; see {@link #inputCols}. */
  public DestineClassifier setInputCols(String... columns) {
    set(inputCols(), columns);
    return this;
  }

  /** Sets which fields hold numbers. */
  public DestineClassifier setNumericCols(String... columns) {
    set(numericCols(), columns);
    return this;
  }

  /** Sets which fields hold lists. */
  public DestineClassifier setMultiCols(String... columns) {
    set(multiCols(), columns);
    return this;
  }

  /**
   * Sets options of fields, such as {@code price { kind = numeric, transform = quantile }}. They
   * are parsed by the fit, which rejects a text that is not a HOCON object.
   */
  public DestineClassifier setFieldOptions(String options) {
    set(fieldOptions(), options);
    return this;
  }

  /**
   * Sets the definitions of side tables, such as {@code item { key = item_id, fields = [genre] }},
   * in the syntax of the section {@code tables} of a configuration, without sources.
   */
  public DestineClassifier setSideTables(String tables) {
    set(sideTables(), tables);
    return this;
  }

  /**
   * Sets the rows of a side table that is defined by {@link #setSideTables}. They are not saved
   * with the classifier.
   */
  public DestineClassifier setSideTable(String name, Dataset<Row> rows) {
    sideTables.put(name, rows);
    return this;
  }

  /**
   * Sets the model from which fits start, like {@link #setInitModel(String)} with its directory.
   * The files of a fitted model are kept as long as the classifier refers to it; a saved classifier
   * contains only the directory, so save the model too.
   */
  public DestineClassifier setInitModel(DestineModel model) {
    setInitModel(model.directory());
    initial = model;
    return this;
  }

  /** Sets the share of validation rows. */
  public DestineClassifier setValidationFraction(double fraction) {
    set(validationFraction(), fraction);
    return this;
  }

  /** Sets the column that is true for validation rows. */
  public DestineClassifier setValidationIndicatorCol(String column) {
    set(validationIndicatorCol(), column);
    return this;
  }

  /** Sets the directory to which fits write. */
  public DestineClassifier setWorkingDirectory(String directory) {
    set(workingDirectory(), directory);
    return this;
  }

  /** Sets the prediction column of the model. */
  public DestineClassifier setPredictionCol(String column) {
    set(predictionCol(), column);
    return this;
  }

  /** Sets the probability column of the model. */
  public DestineClassifier setProbabilityCol(String column) {
    set(probabilityCol(), column);
    return this;
  }

  /** Sets the logit column of the model. */
  public DestineClassifier setRawPredictionCol(String column) {
    set(rawPredictionCol(), column);
    return this;
  }

  /** Sets the explanation column of the model; see {@link #explanationCol}. */
  public DestineClassifier setExplanationCol(String column) {
    set(explanationCol(), column);
    return this;
  }

  /** Sets the probability threshold for a prediction of 1. */
  public DestineClassifier setThreshold(double value) {
    set(threshold(), value);
    return this;
  }

  /** Sets the model's thresholds by label. */
  public DestineClassifier setThresholds(double... values) {
    set(thresholds(), values);
    return this;
  }

  /** Sets the treatment of unreadable rows. */
  public DestineClassifier setHandleInvalid(String choice) {
    set(handleInvalid(), choice);
    return this;
  }

  /**
   * Fits a model.
   *
   * @param dataset with the columns of the fields, the label and the other parameters
   * @throws IllegalArgumentException if parameters contradict each other, if a column in inputCols
   *     is missing, if validationIndicatorCol is not a boolean column, or if the name of an output
   *     column is already used
   * @throws io.destine.spark.conf.UserError if another column is missing, if a column has an
   *     unsuitable type, if too many rows are bad, or if the rows cannot be trained on
   * @throws io.destine.train.TrainingException if training cannot continue
   */
  @Override
  public DestineModel fit(Dataset<?> dataset) {
    transformSchema(dataset.schema());
    warnOfSlowKernel();
    progress.begin();
    Dataset<Row> rows = plain(dataset.toDF());
    SparkSession spark = rows.sparkSession();
    ModelFiles files = ModelFiles.temporary(spark, directory(spark));
    try {
      Configuration hadoop = spark.sparkContext().hadoopConfiguration();
      JobConfig config = InitialModel.pinned(hadoop, FitSettings.of(this, rows.columns()));
      EncodedDataSet data =
          new TableEncoder(spark, config.encoding(), InitialModel.vocabulary(hadoop, config))
              .encode(rows, sides(config), files.rows());
      progress.encoded(data.manifest(), config.train().epochs());
      try (TrackedRun tracked =
          Tracking.of(config, hadoop, line -> LOG.warn(line.replaceFirst("^warning: ", "")))
              .run(uid, files.directory())) {
        new ModelTrainer(spark, config.training())
            .tracked(tracked)
            .train(data, files.directory(), false, progress);
        tracked.register(files.directory(), uid, false);
        tracked.finish();
      }
      files.deleteRows();
    } catch (UserError e) {
      files.delete();
      throw ParamMessages.of(e, List.of());
    } catch (Throwable e) {
      files.delete();
      throw e;
    } finally {
      progress.end();
    }
    DestineModel model = new DestineModel(uid, files);
    model.setParent(this);
    return copyValues(model, ParamMap.empty());
  }

  /** The rows of the side tables of a configuration, in order. */
  private List<Dataset<Row>> sides(JobConfig config) {
    List<Dataset<Row>> sides = new ArrayList<>();
    for (SideTableConfig table : config.tables()) {
      String name = table.table().name();
      Dataset<Row> rows = sideTables.get(name);
      if (rows == null) {
        throw new UserError(
            "sideTables names \""
                + name
                + "\", whose rows are missing; give them with"
                + " setSideTable");
      }
      PlainColumns columns = new PlainColumns(rows, uid);
      sides.add(
          columns.vectors().isEmpty()
              ? rows
              : columns.select(
                  IntStream.range(0, columns.count())
                      .mapToObj(n -> columns.plain(n).as(columns.ownName(n)))
                      .toArray(Column[]::new)));
    }
    return sides;
  }

  private String directory(SparkSession spark) {
    return isDefined(workingDirectory())
        ? getWorkingDirectory()
        : ModelFiles.defaultDirectory(spark);
  }

  /**
   * The table with vectors as lists and, if there is an indicator column, 1 for validation rows.
   */
  private Dataset<Row> plain(Dataset<Row> table) {
    String indicator = isDefined(validationIndicatorCol()) ? getValidationIndicatorCol() : null;
    PlainColumns columns = new PlainColumns(table, uid);
    if (indicator == null && columns.vectors().isEmpty()) {
      return table;
    }
    Column[] plain = new Column[columns.count()];
    for (int n = 0; n < plain.length; n++) {
      String name = columns.ownName(n);
      Column column =
          name.equals(indicator)
              ? functions
                  .when(columns.original(n), FitSettings.VALIDATES)
                  .otherwise(FitSettings.TRAINS)
              : columns.plain(n);
      plain[n] = column.as(name);
    }
    return columns.select(plain);
  }

  /** Progress lines of a fit in another thread since the last call; empty if there are none. */
  public String takeProgress() {
    return progress.take();
  }

  /** The progress of a fit in another thread, in one line; empty if there is none. */
  public String progressLine() {
    return progress.state();
  }

  private void warnOfSlowKernel() {
    if (!VectorModule.isPresent() && getKernel().equals(KernelChoice.AUTO.key())) {
      LOG.warn(
          "This JVM runs without the Vector API, so the fit uses the slow kernel, nd4j, or fails if"
              + " the jar does not have it. Set spark.driver.extraJavaOptions and"
              + " spark.executor.extraJavaOptions to --add-modules={} before the session starts",
          VectorModule.NAME);
    }
  }

  @Override
  public StructType transformSchema(StructType schema) {
    if (isDefined(validationIndicatorCol())) {
      String name = getValidationIndicatorCol();
      OutputColumns.requireColumn(
          validationIndicatorCol().name(), name, List.of(schema.fieldNames()));
      DataType type = schema.apply(name).dataType();
      if (!type.equals(DataTypes.BooleanType)) {
        throw new IllegalArgumentException(
            "validationIndicatorCol: column \"" + name + "\" must be boolean, got " + type.sql());
      }
    }
    return new OutputColumns(this).addedTo(schema);
  }

  @Override
  public DestineClassifier copy(ParamMap extra) {
    DestineClassifier copy = defaultCopy(extra);
    copy.sideTables.putAll(sideTables);
    copy.initial = initial;
    return copy;
  }

  private Object readResolve() {
    sideTables = new LinkedHashMap<>();
    return this;
  }

  @Override
  public MLWriter write() {
    return new ParamsWriter(this);
  }

  @Override
  public void save(String path) throws java.io.IOException {
    write().save(path);
  }

  /** A reader of saved estimators. */
  public static MLReader<DestineClassifier> read() {
    return new ParamsReader<>(DestineClassifier.class, (uid, files) -> new DestineClassifier(uid));
  }

  /** Loads a saved estimator. */
  public static DestineClassifier load(String path) {
    return read().load(path);
  }
}
