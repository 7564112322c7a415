package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.destine.spark.SharedSpark;
import io.destine.spark.encode.EncodedDataSet;
import io.destine.spark.encode.EncodingCase;
import io.destine.spark.encode.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Odd tables through {@code encode}: every one is read whole, each value with its own id, or
 * refused in one line. {@code -Ddestine.fuzz.tables=300} draws more than the default.
 */
class OddTablesTest {
  private static final int TABLES = Integer.getInteger("destine.fuzz.tables", 30);
  private static final long FIRST_SEED = Long.getLong("destine.fuzz.seed", 1);

  @TempDir Path directory;

  @Test
  void everyTableIsReadWholeOrRefusedInOneLine() throws IOException {
    SharedSpark.session();
    List<String> failures = new ArrayList<>();
    for (long seed = FIRST_SEED; seed < FIRST_SEED + TABLES; seed++) {
      OddTable table = OddTable.write(seed, directory);
      String wrong = encoded(table, seed);
      if (wrong != null) {
        failures.add("seed " + seed + ", " + table + ": " + wrong);
      }
    }
    assertThat(failures).isEmpty();
  }

  /** What is wrong with the data set of the table, or with how it was refused; null for nothing. */
  private String encoded(OddTable table, long seed) throws IOException {
    Path config = directory.resolve(seed + ".conf");
    Path data = directory.resolve("data " + seed);
    Files.writeString(
        config,
        """
        source { format = %s }
        split.paths.train = "%s"
        label = label
        fields = "*"
        vocabulary.min-count = 1
        quarantine.max-fraction = 1
        train.blocks-per-step = 2
        output { model = "%s.model", data = "%s" }
        """
            .formatted(table.format, table.path, data, data));
    CommandRun run = CommandRun.of("encode", "--config", config.toString());
    String refused = OneLine.problem(run);
    if (refused != null) {
      return refused;
    }
    if (run.code() == 2) {
      return mayBeRefused(table) ? null : "refused: " + run.errors();
    }
    JsonNode result = run.json();
    EncodedDataSet set = EncodedDataSet.load(SharedSpark.session(), data.toString());
    List<String> found = EncodingCase.decoded(set, Split.TRAIN);
    int held = found.size() + result.get("quarantined").asInt();
    if (table.damage == OddTable.Damage.NONE && held != table.rows.size()) {
      return table.rows.size() + " rows were written, " + held + " are accounted for";
    }
    List<String> unexpected = new ArrayList<>(found);
    List<String> expected = new ArrayList<>(table.expected());
    for (String row : expected) {
      unexpected.remove(row);
    }
    int excused = table.broken ? 1 : 0;
    if (unexpected.size() > 0) {
      return "rows that nobody wrote: " + shortened(unexpected);
    }
    if (table.damage == OddTable.Damage.NONE && expected.size() - found.size() > excused) {
      return expected.size() - found.size() + " good rows are in quarantine";
    }
    return switch (table.damage) {
      case TRUNCATED, OTHER_FORMAT, SECOND_HEADER -> "damage was not noticed";
      default -> null;
    };
  }

  private static boolean mayBeRefused(OddTable table) {
    return table.damage != OddTable.Damage.NONE
        || table.namesAreAmbiguous()
        || table.columns.size() < 2
        || table.namesBreakTheFormat()
        || table.lacksALabel();
  }

  private static String shortened(List<String> rows) {
    return rows.stream()
        .limit(3)
        .map(r -> r.substring(0, Math.min(200, r.length())))
        .toList()
        .toString();
  }
}
