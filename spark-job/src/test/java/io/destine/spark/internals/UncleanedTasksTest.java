package io.destine.spark.internals;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.JavaProcess;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.junit.jupiter.api.Test;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;

/** Fails when treeAggregate of a version of Spark uses methods that are not overridden. */
class UncleanedTasksTest {
  private static final ClassTag<Integer> INTEGER = ClassTag$.MODULE$.apply(Integer.class);
  private static final List<Integer> NUMBERS = IntStream.range(0, 16).boxed().toList();

  /** Adds, and counts its serializations, including those by Spark's closure cleaner. */
  private static final class Counted extends AbstractFunction2<Integer, Integer, Integer>
      implements Serializable {
    private static final long serialVersionUID = 1;
    private static final Map<String, Integer> WRITTEN = new ConcurrentHashMap<>();

    private final String name;

    Counted(String name) {
      this.name = name;
    }

    @Override
    public Integer apply(Integer sum, Integer number) {
      return sum + number;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
      WRITTEN.merge(name, 1, Integer::sum);
      out.defaultWriteObject();
    }
  }

  /**
   * How often the functions of one aggregation are serialized.
   *
   * @param add number of serializations of the function that adds a number
   * @param merge number of serializations of the function that merges two sums
   */
  private record Written(int add, int merge) {
    static Written by(RDD<Integer> numbers, int depth) {
      Counted.WRITTEN.clear();
      int sum = numbers.treeAggregate(0, new Counted("add"), new Counted("merge"), depth, INTEGER);
      assertThat(sum).isEqualTo(120);
      return new Written(
          Counted.WRITTEN.getOrDefault("add", 0), Counted.WRITTEN.getOrDefault("merge", 0));
    }
  }

  /**
   * Prints the counts of {@link UncleanedTasks} and of a plain RDD, in the context of a program:
   * the one of tests does not clean functions.
   */
  public static void main(String[] arguments) {
    SparkConf settings =
        new SparkConf()
            .setMaster("local[2]")
            .setAppName("uncleaned")
            .set("spark.ui.enabled", "false")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1");
    try (JavaSparkContext context = new JavaSparkContext(settings)) {
      for (int[] sizes : new int[][] {{1, 1}, {4, 1}, {16, 2}}) {
        RDD<Integer> numbers = context.parallelize(NUMBERS, sizes[0]).rdd();
        Written uncleaned = Written.by(new UncleanedTasks<>(numbers, INTEGER), sizes[1]);
        Written cleaned = Written.by(numbers, sizes[1]);
        System.out.printf(
            "%d tasks, depth %d: %d %d, cleaned %d %d%n",
            sizes[0], sizes[1], uncleaned.add(), uncleaned.merge(), cleaned.add(), cleaned.merge());
      }
    }
  }

  private static String run() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                JavaProcess.command(List.of(JavaProcess.SHORT), UncleanedTasksTest.class.getName()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return output;
  }

  @Test
  void functionsAreSerializedForTasksAlone() throws IOException, InterruptedException {
    String output = run();
    // Once for the tasks; with the cleaner, before that for the search of what is mapped. Tasks of
    // Spark 3.5 hold the function that merges, too; those of Spark 4.2 do not.
    for (int tasks : new int[] {1, 4}) {
      assertThat(output)
          .containsPattern(tasks + " tasks, depth 1: (1 1, cleaned 2 [2-9]|1 0, cleaned 2 [1-9])");
    }
    Matcher two =
        Pattern.compile("16 tasks, depth 2: (\\d+) \\d+, cleaned (\\d+) \\d+").matcher(output);
    assertThat(two.find()).as(output).isTrue();
    assertThat(Integer.parseInt(two.group(1))).isLessThan(Integer.parseInt(two.group(2)));
  }
}
