package io.destine.spark.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.SourceRows;
import io.destine.spark.predict.ExplainJob;
import io.destine.spark.predict.Explanation;
import io.destine.spark.report.ExplanationPage;
import io.destine.spark.store.MarkedFile;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** explain: computes the attention of a model and the importance of its fields. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = {
      "Shows the attention of a model and the importance of its fields, on a sample of the"
          + " test rows of its own source, or of all rows of --input or --table.",
      "The importance of a field is the increase in log loss and the drop in AUC when its"
          + " values are shuffled among the rows (permutation importance). Attention is the mean"
          + " over the rows of the pairwise weights, from each field to all fields including"
          + " itself, and of the unary weights, for each layer and head."
    })
final class ExplainCommand implements Callable<Integer> {
  private static final int STRONGEST = 8;

  @Mixin private ModelOptions options;

  @Option(
      names = "--split",
      paramLabel = "SPLIT",
      description =
          "Which rows: ${COMPLETION-CANDIDATES}. Default: test, or all with --input or --table.")
  private SplitChoice split;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "20000",
      description = "Approximate number of rows in the sample. Default: ${DEFAULT-VALUE}")
  private int rows;

  @Option(
      names = "--repeats",
      paramLabel = "N",
      defaultValue = "3",
      description = "Shuffles of each field. Default: ${DEFAULT-VALUE}")
  private int repeats;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of the sample and the shuffles. Default: ${DEFAULT-VALUE}")
  private long seed;

  @Option(
      names = "--page",
      paramLabel = "FILE",
      description =
          "Writes a page with the attention of each head as a picture to this local file.")
  private Path page;

  @Option(names = "--overwrite", description = "Replaces a page written by an earlier explain.")
  private boolean overwrite;

  @Override
  public Integer call() {
    long start = System.nanoTime();
    if (rows < 1 || repeats < 1) {
      throw new UserError(
          "--rows and --repeats must be at least 1, got " + rows + " and " + repeats);
    }
    CommandLog log = new CommandLog();
    Optional<MarkedFile> file =
        Optional.ofNullable(page)
            .map(path -> new MarkedFile("--page", path, ExplanationPage.HEAD, "explain"));
    file.ifPresent(target -> target.requireWritable(overwrite));
    try (Session session = Session.open("explain", options.model());
        OpenedModel opened = options.open(session, log)) {
      SplitChoice which = SplitChoice.of(split, options);
      Explanation explanation;
      try (SourceRows read = SourceRows.read(session.spark(), which.of(opened.config()))) {
        explanation =
            new ExplainJob(session.spark(), opened.model())
                .run(read, which.split(), new ExplainJob.Settings(rows, repeats, seed));
      }
      ObjectNode json = explanation.toJson();
      json.put("split", which.key());
      json.put("model", opened.model().directory());
      json.put("repeats", repeats);
      json.put("seed", seed);
      print(explanation, json);
      file.ifPresent(target -> target.write(ExplanationPage.render(json)));
      file.ifPresent(target -> Console.err().println("page: " + target.path()));
      log.putInto(json);
      json.put("seconds", Console.secondsSince(start));
      Console.result(json);
    }
    return 0;
  }

  /** A figure, or "-" if it is not defined, such as the AUC of rows with one label. */
  private static String fixed(double figure, int digits) {
    return Double.isNaN(figure) ? "-" : String.format(Locale.ROOT, "%." + digits + "f", figure);
  }

  private static void print(Explanation explanation, ObjectNode json) {
    Console.err()
        .printf(
            Locale.ROOT,
            "%,d rows: log loss %s  AUC %s%n",
            explanation.rows(),
            fixed(explanation.logLoss(), 4),
            fixed(explanation.auc(), 4));
    Console.err()
        .printf("%-24s %13s %9s %10s %9s%n", "field", "log loss rise", "s.e.", "AUC drop", "s.e.");
    List<Explanation.FieldWorth> worth = explanation.worth();
    IntStream.range(0, worth.size())
        .boxed()
        .sorted(Comparator.comparingDouble(m -> -worth.get(m).logLoss()))
        .forEach(
            m ->
                Console.err()
                    .printf(
                        Locale.ROOT,
                        "%-24s %13s %9s %10s %9s%n",
                        explanation.fields().get(m),
                        fixed(worth.get(m).logLoss(), 5),
                        fixed(worth.get(m).logLossError(), 5),
                        fixed(worth.get(m).auc(), 5),
                        fixed(worth.get(m).aucError(), 5)));
    List<String> strongest = ExplanationPage.strongest(json, STRONGEST);
    if (!strongest.isEmpty()) {
      Console.err().println("strongest attention, mean over the rows");
      strongest.forEach(line -> Console.err().println("  " + line));
    }
  }
}
