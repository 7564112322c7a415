package io.destine.scorer;

import io.destine.feature.FieldSpec;
import io.destine.predict.RowExplanation;
import io.destine.predict.Scorer;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Scores rows from standard input to standard output. */
@Command(
    name = "destine-scorer",
    mixinStandardHelpOptions = true,
    versionProvider = ScoreCommand.Version.class,
    description = {
      "Scores rows from standard input with a trained model, without Spark.",
      "Adds to every row the column probability (the probability that the label is 1). If a row"
          + " cannot be scored, its probability is empty (null in JSON), and the column"
          + " probability_reason says why. Rows are written as soon as the input pauses."
    },
    footer = {
      "",
      "Exit codes: 0 all rows were written; 1 standard input cannot be read or standard output"
          + " cannot be written; 2 the model, an argument or the input is invalid.",
      "With java --add-modules jdk.incubator.vector scoring is several times faster; the"
          + " probabilities are the same."
    })
final class ScoreCommand implements Callable<Integer> {
  /** Formats of rows. */
  enum Format {
    json,
    csv
  }

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description =
          "A model directory, a directory of nightly runs (its live model is used), or a file"
              + " written by export --format archive.")
  private Path model;

  @Option(
      names = "--format",
      defaultValue = "json",
      description = "json: one object per line; csv: with a header. Default: ${DEFAULT-VALUE}")
  private Format format;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Maximum number of rows that are scored together. Default: ${DEFAULT-VALUE}")
  private int batch;

  @Option(
      names = "--probability-column",
      paramLabel = "NAME",
      defaultValue = "probability",
      description =
          "Name of the column of the probability; the reason is in NAME_reason. Default:"
              + " ${DEFAULT-VALUE}")
  private String probability;

  @Option(
      names = "--probability-only",
      description =
          "Writes one probability per line instead of the row; an empty line if there is none.")
  private boolean probabilityOnly;

  @Option(
      names = "--verify",
      description = "Only checks that the model gives the same probabilities here as in training.")
  private boolean verifyOnly;

  @Option(
      names = "--attention",
      description = "With json: adds the attention weights of each layer and head.")
  private boolean attention;

  @Option(
      names = "--plain",
      description = "Computes without the vector instructions of the processor.")
  private boolean plain;

  private final InputStream in;
  private final OutputStream out;
  private final PrintStream err;
  private long rows;
  private long blank;
  private long unread;
  private long firstUnread;
  private String reason;

  ScoreCommand(InputStream in, OutputStream out, PrintStream err) {
    this.in = in;
    this.out = out;
    this.err = err;
  }

  /** The version from the jar's manifest. */
  static final class Version implements picocli.CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = ScoreCommand.class.getPackage().getImplementationVersion();
      return new String[] {"DESTINE scorer " + (version == null ? "development" : version)};
    }
  }

  void error(String message) {
    err.println("error: " + message);
  }

  @Override
  public Integer call() throws IOException {
    if (batch < 1) {
      throw new RefusedInput("--batch must be at least 1, got " + batch);
    }
    if (probability.isBlank()) {
      throw new RefusedInput("--probability-column must be a name, got \"" + probability + "\"");
    }
    if (attention && (format != Format.json || probabilityOnly)) {
      throw new RefusedInput("--attention needs --format json, without --probability-only");
    }
    try (Scorer scorer = Scorer.load(model, !plain)) {
      int verified = scorer.verify();
      err.printf(
          Locale.ROOT,
          "model %s, %d fields, kernel %s, %s%n",
          scorer.id().substring(0, 12),
          scorer.fields().size(),
          scorer.kernel(),
          verified == 0 ? "without rows to verify" : verified + " rows verified");
      if (!verifyOnly) {
        score(scorer);
      }
    }
    return 0;
  }

  private void score(Scorer scorer) throws IOException {
    ByteReader reader = new ByteReader(in);
    Writer writer =
        new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.ISO_8859_1), 1 << 16);
    Set<String> columns =
        scorer.fields().stream()
            .map(FieldSpec::column)
            .collect(Collectors.toCollection(TreeSet::new));
    Writer rowWriter = probabilityOnly ? Writer.nullWriter() : writer;
    String added = probabilityOnly ? null : probability;
    RowFormat rowFormat =
        format == Format.csv
            ? new CsvRows(reader, rowWriter, added, columns, scorer.contentColumns())
            : new JsonRows(reader, rowWriter, added, attention);
    long start = System.nanoTime();
    new RowBatches(reader, batch, read -> answer(scorer, read, rowFormat, writer)).read(rowFormat);
    say((System.nanoTime() - start) / 1e9);
  }

  private void answer(Scorer scorer, List<ScoredRow> read, RowFormat rowFormat, Writer writer)
      throws IOException {
    Double[] probabilities = new Double[read.size()];
    String[] reasons = new String[read.size()];
    score(scorer, read, probabilities, reasons);
    for (int n = 0; n < probabilities.length; n++) {
      ScoredRow row = read.get(n);
      count(row, reasons[n]);
      if (probabilityOnly) {
        writer.write(probabilities[n] == null ? "\n" : probabilities[n] + "\n");
      } else {
        rowFormat.write(row, probabilities[n], reasons[n], heads(scorer, row, probabilities[n]));
      }
    }
    writer.flush();
  }

  private List<RowExplanation.Head> heads(Scorer scorer, ScoredRow row, Double probability) {
    return attention && probability != null ? scorer.explain(row.values()).heads() : null;
  }

  private void count(ScoredRow row, String why) {
    if (row.isBlank()) {
      blank++;
      return;
    }
    rows++;
    if (why != null) {
      if (unread == 0) {
        firstUnread = rows + blank;
        reason = why;
      }
      unread++;
    }
  }

  private void say(double seconds) {
    err.printf(Locale.ROOT, "%,d rows in %.1f s, %,.0f a second%n", rows, seconds, rows / seconds);
    if (unread > 0) {
      err.printf(
          Locale.ROOT,
          "warning: %,d of %,d rows have no probability; the first is %s %,d: %s%n",
          unread,
          rows,
          format == Format.csv ? "row" : "line",
          firstUnread,
          reason);
    }
  }

  /** Scores rows together, or one by one when one of them cannot be scored. */
  private static void score(
      Scorer scorer, List<ScoredRow> rows, Double[] probabilities, String[] reasons) {
    List<Map<String, Object>> good = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    for (int n = 0; n < rows.size(); n++) {
      reasons[n] = rows.get(n).reason();
      if (rows.get(n).values() != null) {
        good.add(rows.get(n).values());
        places.add(n);
      }
    }
    double[] found = new double[good.size()];
    try {
      scorer.score(good, found);
      for (int i = 0; i < found.length; i++) {
        probabilities[places.get(i)] = found[i];
      }
    } catch (IllegalArgumentException e) {
      for (int i = 0; i < found.length; i++) {
        int n = places.get(i);
        try {
          probabilities[n] = scorer.score(good.get(i));
        } catch (IllegalArgumentException one) {
          reasons[n] = one.getMessage();
        }
      }
    }
    for (int n = 0; n < probabilities.length; n++) {
      if (probabilities[n] != null && probabilities[n].isNaN()) {
        probabilities[n] = null;
        reasons[n] = "the network's output is not a number for these values";
      }
    }
  }
}
