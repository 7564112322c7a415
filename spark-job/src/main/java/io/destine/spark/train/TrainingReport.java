package io.destine.spark.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.feature.FieldKind;
import io.destine.feature.FieldSpec;
import io.destine.metric.DetailedReport;
import io.destine.spark.encode.ColumnChoice;
import io.destine.spark.encode.DataSetManifest;
import io.destine.spark.encode.FieldCounts;
import io.destine.spark.encode.Split;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.report.ModelCard;
import io.destine.spark.report.TrainingPage;
import io.destine.spark.store.HadoopModelDirectory;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/**
 * The report of a training run for people: {@value #JSON_FILE} and, generated from it, {@value
 * #PAGE_FILE} and {@value #CARD_FILE} in the model directory. Filled during the training. One
 * thread.
 */
final class TrainingReport {
  static final String JSON_FILE = "report.json";
  static final String PAGE_FILE = "report.html";

  /** The file name that model hubs and repositories display. */
  static final String CARD_FILE = "README.md";

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final ObjectNode json = JsonNodeFactory.instance.objectNode();
  private final long start = System.nanoTime();
  private long stageStart = start;

  TrainingReport(String model, Map<String, Object> settings, String program, String spark) {
    json.put("model", model);
    json.put("started", now());
    ObjectNode versions = json.putObject("versions");
    versions.put("program", program);
    versions.put("spark", spark);
    versions.put("java", System.getProperty("java.version"));
    versions.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    settings(settings);
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static double seconds(long since) {
    return Math.round((System.nanoTime() - since) * 1e-6) / 1000.0;
  }

  /** Ends a stage: its time is the time since the end of the previous stage. */
  void stage(String name) {
    json.withArray("stages").addObject().put("stage", name).put("seconds", seconds(stageStart));
    stageStart = System.nanoTime();
  }

  /** The settings after the fields have been chosen. */
  void settings(Map<String, Object> settings) {
    json.set("settings", MAPPER.valueToTree(settings));
  }

  /** The input of the training. */
  void data(DataSetManifest manifest) {
    ObjectNode rows = json.putObject("rows");
    for (Split split : Split.values()) {
      long all = manifest.rows(split);
      ObjectNode node = rows.putObject(split.key()).put("rows", all);
      if (all > 0) {
        node.put("label_rate", (double) manifest.positives(split) / all);
      }
    }
    manifest.snapshot().ifPresent(snapshot -> snapshot.putInto(json.putObject("source")));
    if (manifest.dropped() > 0) {
      json.put("dropped", manifest.dropped());
    }
    json.put("data_fingerprint", manifest.fingerprint());
    json.put("quarantined", manifest.quarantined());
    json.put("vocabulary", manifest.vocabularySize());
    ColumnChoice.putInto(json, manifest.columns());
    manifest.found().putInto(json);
    ArrayNode warnings = json.putArray("warnings");
    manifest.warnings().forEach(warnings::add);
  }

  /** The trained network. */
  void network(String kernel, long parameters, String metric) {
    json.put("kernel", kernel);
    json.put("parameters", parameters);
    json.put("metric", metric);
  }

  /** Adds a warning about unreliable results. */
  void warn(String line) {
    json.withArray("warnings").add(line);
  }

  /** The course of the training. */
  void training(LearningCurve curve, int epochs, StepTime stepTime) {
    json.put("epochs", epochs);
    if (curve.best() > 0) {
      json.put("best_epoch", curve.best());
    }
    json.set("learning", MAPPER.valueToTree(curve.epochs()));
    json.set("step_time", MAPPER.valueToTree(stepTime.json()));
  }

  /** The calibration on the validation rows. */
  void calibration(CalibratedTraining fit) {
    json.set("calibration", fit.json());
  }

  /** The figures of a split. */
  void measured(Split split, DetailedReport report) {
    json.withObject("/splits").set(split.key(), report.toJson());
  }

  /** One object for each field, from the counts of each split. */
  void fields(StoredVocabulary stored, Map<Split, FieldCounts> counts) {
    List<FieldSpec> specs = stored.fields().specs();
    int[] values = stored.valuesByField();
    ArrayNode fields = json.putArray("fields");
    FieldCounts train = counts.get(Split.TRAIN);
    for (int m = 0; m < specs.size(); m++) {
      FieldSpec spec = specs.get(m);
      ObjectNode field = fields.addObject().put("field", spec.name()).put("kind", kind(spec));
      if (!spec.hasIds()) {
        continue;
      }
      field.put("missing", train.missingRate(m));
      if (spec.isRate()) {
        continue;
      }
      if (spec.hashed()) {
        field.put("hash_buckets", spec.hashBuckets());
        continue;
      }
      field.put("values", values[m]);
      field.put("oov_validation", counts.get(Split.VALIDATION).oovRate(m));
      field.put("oov_test", counts.get(Split.TEST).oovRate(m));
      train
          .labelRates(m)
          .ifPresent(
              rates ->
                  field.put("label_rate_low", rates.low()).put("label_rate_high", rates.high()));
    }
    json.put("label_rate_rows", FieldCounts.LEAST_ROWS);
  }

  private static String kind(FieldSpec spec) {
    if (spec.isRate()) {
      return "label rate";
    }
    return spec.kind() == FieldKind.NUMERIC
        ? spec.kind().key() + ", " + spec.transform().key()
        : spec.kind().key();
  }

  /** The report so far. */
  ObjectNode json() {
    return json;
  }

  /** Writes the files into a model directory that is not yet in place. */
  void write(HadoopModelDirectory directory) {
    json.put("finished", now());
    json.put("seconds", seconds(start));
    directory.write(JSON_FILE, json.toPrettyString() + "\n");
    directory.write(PAGE_FILE, TrainingPage.render(json));
    directory.write(CARD_FILE, ModelCard.render(json));
  }
}
