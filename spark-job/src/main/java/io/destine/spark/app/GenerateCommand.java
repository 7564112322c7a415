package io.destine.spark.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.conf.UserError;
import io.destine.spark.generate.ClickLog;
import io.destine.spark.generate.ClickLogConfig;
import io.destine.spark.generate.ClickLogGenerator;
import io.destine.spark.generate.ClickLogScores;
import io.destine.spark.generate.GeneratedField;
import io.destine.spark.generate.TeacherKind;
import io.destine.spark.generate.TeacherScores;
import io.destine.spark.generate.TeacherSettings;
import io.destine.spark.sink.TableFormat;
import io.destine.spark.sink.TableOutput;
import io.destine.spark.store.MarkedFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** generate: writes a click log whose best possible model is known. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    description = {
      "Writes a click log of any size, with skewed and missing values, and labels drawn from"
          + " a known model, the teacher.",
      "Prints the teacher's log loss and AUC; no other model can be better except by chance."
          + " The same options give the same rows, in any format and number of files."
    })
final class GenerateCommand implements Callable<Integer> {
  private static final int MOST_FILES = 100_000;
  private static final long ROWS_OF_A_FILE = 1_000_000;
  private static final int ITEMS_OF_A_FILE = 1_000_000;

  @Mixin private ShapeOptions shape;

  @Option(names = "--rows", required = true, paramLabel = "N", description = "Number of rows.")
  private long rows;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Directory to write to, a new one unless --overwrite is given.")
  private String output;

  @Option(
      names = "--items-output",
      paramLabel = "DIR",
      description =
          "With --items: directory of the table of items. Default: the directory of --output with"
              + " -items appended.")
  private String itemsOutput;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "parquet",
      description =
          "Format of the output: ${COMPLETION-CANDIDATES} (case-insensitive). Default:"
              + " ${DEFAULT-VALUE}.")
  private TableFormat format;

  @Option(
      names = "--files",
      paramLabel = "N",
      description = "Number of files. Default: one per million rows, at least one for each core.")
  private Integer files;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of values, teacher and labels. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--days",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Adds a date column \"" + ClickLog.DAY + "\" of N consecutive days. Default: none.")
  private int days;

  @Option(
      names = "--skew",
      paramLabel = "X",
      defaultValue = "0.9",
      description =
          "Zipf exponent of the frequencies of values; 0 for equal frequencies. Default:"
              + " ${DEFAULT-VALUE}.")
  private double skew;

  @Option(
      names = "--missing",
      paramLabel = "X",
      defaultValue = "0.1",
      description =
          "Share of missing values in each field except vectors. Default: ${DEFAULT-VALUE}.")
  private double missing;

  @Option(
      names = "--click-rate",
      paramLabel = "X",
      description =
          "Share of labels that are 1. Default: the share in the shape's data set; 0.2 for plain.")
  private Double clickRate;

  @Option(
      names = "--teacher",
      paramLabel = "KIND",
      defaultValue = "fm",
      description = {
        "Model for the labels: ${COMPLETION-CANDIDATES} (case-insensitive).",
        "fm: a factorization machine over pairs of fields; attention: the effect of a value",
        "depends on the values of all other fields, 100 fields at most. Default: ${DEFAULT-VALUE}."
      })
  private TeacherKind teacher;

  @Option(
      names = "--first-order",
      paramLabel = "X",
      defaultValue = "0.8",
      description =
          "Standard deviation of the first-order part of the teacher's logit. Default:"
              + " ${DEFAULT-VALUE}.")
  private double firstOrder;

  @Option(
      names = "--interaction",
      paramLabel = "X",
      defaultValue = "0.8",
      description =
          "Standard deviation of the interaction part of the teacher's logit. Default:"
              + " ${DEFAULT-VALUE}.")
  private double interaction;

  @Option(
      names = "--drift",
      paramLabel = "X",
      defaultValue = "0",
      description =
          "The effects of values change from day to day by this angle in radians; the correlation"
              + " of the effects on consecutive days is cos(X). Default: no drift.")
  private double drift;

  @Option(
      names = "--teacher-column",
      description = "Adds a column \"" + ClickLog.TEACHER_PROBABILITY + "\".")
  private boolean teacherColumn;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Also writes a configuration for train.")
  private Path config;

  @Option(
      names = "--overwrite",
      description = "Replaces an earlier output of generate. Nothing else is ever replaced.")
  private boolean overwrite;

  @Override
  public Integer call() {
    ClickLog clicks = clicks();
    CommandLog log = new CommandLog();
    if (files != null && (files < 1 || files > MOST_FILES)) {
      throw new UserError("--files must be 1 .. " + MOST_FILES + ", got " + files);
    }
    if (itemsOutput != null && clicks.items() == 0) {
      throw new UserError(
          "--items-output is for --items; add --items N, or leave --items-output out");
    }
    Optional<MarkedFile> file =
        Optional.ofNullable(config)
            .map(path -> new MarkedFile("--config", path, ClickLogConfig.HEAD, "generate"));
    file.ifPresent(written -> written.requireWritable(overwrite));
    long start = System.nanoTime();
    try (Session session = Session.open("generate", output);
        TableOutput target = target(session, "--output", output);
        TableOutput items =
            clicks.items() == 0 ? null : target(session, "--items-output", itemsOutput())) {
      if (items != null) {
        target.requireApart(
            session.context().hadoopConfiguration(), "table of items", itemsOutput());
      }
      Interruption.writing(session.spark(), target);
      target.begin(log);
      if (items != null) {
        items.begin(log);
      }
      ClickLogGenerator generator = new ClickLogGenerator(session.spark(), clicks);
      if (items != null) {
        generator.writeItems(items, format, 1 + clicks.items() / ITEMS_OF_A_FILE);
      }
      ClickLogScores scores = generator.write(target, format, files(session));
      file.ifPresent(written -> written.write(configuration(clicks)));
      print(scores.all(), target);
      ObjectNode json = generator.facts(scores);
      json.put("output", output).put("format", format.spark());
      if (config != null) {
        json.put("config", config.toString());
      }
      log.putInto(json);
      json.put("seconds", Console.secondsSince(start));
      Console.result(json);
    }
    return 0;
  }

  private TableOutput target(Session session, String option, String directory) {
    return new TableOutput(
        session.context().hadoopConfiguration(),
        TableOutput.Kind.CLICK_LOG,
        option,
        directory,
        overwrite);
  }

  private String itemsOutput() {
    return itemsOutput != null ? itemsOutput : output.replaceFirst("/+$", "") + "-items";
  }

  private ClickLog clicks() {
    List<GeneratedField> fields = shape.fields();
    try {
      TeacherSettings settings =
          new TeacherSettings(
              teacher,
              clickRate == null ? shape.shape().clickRate() : clickRate,
              firstOrder,
              interaction,
              shape.pairs(fields, teacher),
              drift);
      return new ClickLog(
          fields,
          shape.shape().label(),
          rows,
          seed,
          skew,
          missing,
          days,
          shape.items(),
          shape.itemFields(),
          settings,
          teacherColumn);
    } catch (IllegalArgumentException e) {
      throw new UserError("--" + e.getMessage());
    }
  }

  private int files(Session session) {
    long needed = (rows + ROWS_OF_A_FILE - 1) / ROWS_OF_A_FILE;
    return files != null ? files : (int) Math.max(session.context().defaultParallelism(), needed);
  }

  private static void print(TeacherScores scores, TableOutput target) {
    Console.err().printf(Locale.ROOT, "%,d rows in %s%n", scores.rows(), target);
    Console.err()
        .printf(
            Locale.ROOT,
            "the teacher: %,d clicks  AUC %.5f (+- %.1g)  log loss %.5f; with first-order effects"
                + " alone %.5f%n",
            scores.clicks(),
            scores.auc(),
            scores.aucError(),
            scores.logLoss(),
            scores.firstOrderLogLoss());
  }

  private String configuration(ClickLog clicks) {
    String model = output.replaceFirst("/+$", "") + "-model";
    return ClickLogConfig.text(
        clicks,
        output,
        format.spark(),
        clicks.items() == 0 ? Optional.empty() : Optional.of(itemsOutput()),
        model);
  }
}
