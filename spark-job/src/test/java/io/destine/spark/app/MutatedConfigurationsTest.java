package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs {@code plan}, which reads the whole configuration, on configurations with mistakes, and
 * {@code encode}, which also executes it, on one in ten: each must succeed or be refused in a few
 * lines. {@code -Ddestine.fuzz.configurations=2000} draws more than the default.
 */
class MutatedConfigurationsTest {
  private static final int CONFIGURATIONS = Integer.getInteger("destine.fuzz.configurations", 200);
  private static final long FIRST_SEED = Long.getLong("destine.fuzz.seed", 1);

  @TempDir Path directory;

  @Test
  void everyConfigurationIsUsedOrRefusedInOneLineForEachMistake() throws IOException {
    SharedSpark.session();
    Path clicks = Files.createDirectory(directory.resolve("in")).resolve("clicks.csv");
    StringBuilder csv = new StringBuilder("clicked,user,item,price,day,weight\n");
    for (int n = 0; n < 60; n++) {
      csv.append("%d,u%d,i%d,%d.5,2026-01-%02d,1\n".formatted(n % 2, n % 7, n % 5, n, 1 + n % 9));
    }
    Files.writeString(clicks, csv);
    List<String> failures = new ArrayList<>();
    int refused = 0;
    for (long seed = FIRST_SEED; seed < FIRST_SEED + CONFIGURATIONS; seed++) {
      Path own = directory.resolve("run" + seed);
      Map<String, String> settings = new LinkedHashMap<>();
      settings.put("source.path", '"' + clicks.toString() + '"');
      settings.put("label", "clicked");
      settings.put("fields", "[ user, item, { name = price, kind = numeric } ]");
      settings.put("output.model", '"' + own.toString() + '"');
      settings.put("model", "{ embedding-dim = 4, heads = 1, head-dim = 4, layers = 1 }");
      Path config = directory.resolve(seed + ".conf");
      String text = MutatedConfiguration.of(settings, seed);
      Files.writeString(config, text);
      String[] arguments =
          seed % 10 == 0
              ? new String[] {"encode", "--config", config.toString()}
              : new String[] {
                "plan", "--config", config.toString(), "--rows", "1000", "--vocabulary", "100"
              };
      CommandRun run = CommandRun.of(arguments);
      refused += run.code() == 2 ? 1 : 0;
      String problem = OneLine.problem(run);
      if (problem == null && run.out().matches("(?s).*[:\" ]-[0-9].*")) {
        problem = "a size below zero: " + run.out();
      }
      if (problem != null) {
        failures.add(
            "seed "
                + seed
                + " "
                + arguments[0]
                + ": "
                + problem
                + " <- "
                + text.replace('\n', '|'));
      }
    }
    assertThat(failures).isEmpty();
    assertThat(refused).isGreaterThan(CONFIGURATIONS / 4);
  }
}
