package io.destine.spark.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.destine.spark.ml.PythonEnvironment;
import io.destine.testing.Full;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of docs/tutorial.md run in their order, and print what the document shows: lines of
 * it may be left out, and an ellipsis stands for any text in a line. Needs the jars.
 */
@Tag("jar")
@Full
class TutorialTest {
  private static final Pattern BLOCK = Pattern.compile("```(sh|text)\n(.*?)```", Pattern.DOTALL);

  @TempDir Path directory;

  @Test
  void everyCommandPrintsWhatTheTutorialShows() throws IOException, InterruptedException {
    Path jar = PythonEnvironment.jar();
    assumeTrue(
        Files.exists(ScriptRun.PROJECT.resolve("scorer/target/destine-scorer.jar")),
        "the scorer's jar is made by its module; run mvn verify");
    linkProject();
    String document = Files.readString(ScriptRun.PROJECT.resolve("docs/tutorial.md"));
    String output = "";
    int blocks = 0;
    Matcher block = BLOCK.matcher(document);
    while (block.find()) {
      if (block.group(1).equals("sh")) {
        output = run(jar, block.group(2), directory.resolve(++blocks + ".out"));
      } else {
        assertShows(output, block.group(2));
      }
    }
    assertThat(blocks).isGreaterThan(5);
  }

  /** Links the files of the project's directory that the commands need, besides the jar. */
  private void linkProject() throws IOException {
    for (String name : List.of("submit-scripts", "conf", "pom.xml", "spark-runtime", "scorer")) {
      Files.createSymbolicLink(directory.resolve(name), ScriptRun.PROJECT.resolve(name));
    }
  }

  /** Standard error, then standard output: the order between the two is not certain. */
  private String run(Path jar, String commands, Path out) throws IOException, InterruptedException {
    Path err = out.resolveSibling(out.getFileName() + ".err");
    String script = "exec 2>" + err + "\n" + commands;
    List<String> words =
        List.of("env", "DESTINE_JAR=" + jar, "bash", "-euo", "pipefail", "-c", script);
    int code = PythonEnvironment.run(directory, out, words);
    String output = Files.readString(err) + Files.readString(out);
    assertThat(code).as("%s%n%s", commands, output).isZero();
    return output;
  }

  private static void assertShows(String output, String shown) {
    Iterator<String> lines = output.lines().iterator();
    for (String line : shown.lines().toList()) {
      Predicate<String> same =
          Pattern.compile(
                  Stream.of(line.split("\\.\\.\\.", -1))
                      .map(Pattern::quote)
                      .collect(Collectors.joining(".*")))
              .asMatchPredicate();
      boolean found = false;
      while (!found && lines.hasNext()) {
        found = same.test(lines.next());
      }
      assertThat(found).as("the tutorial shows%n%s%nof%n%s", line, output).isTrue();
    }
  }
}
