package io.destine.spark.internals;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;

/** Fails when treeAggregate of a version of Spark goes by other methods than those overridden. */
class UncleanedTasksTest {
  private static final ClassTag<Integer> INTEGER = ClassTag$.MODULE$.apply(Integer.class);
  private static final List<Integer> NUMBERS = IntStream.range(0, 16).boxed().toList();

  /** Adds, and counts how often it is serialized: the search of a function does that, too. */
  private static final class Add extends AbstractFunction2<Integer, Integer, Integer>
      implements Serializable {
    private static final long serialVersionUID = 1;
    private static final AtomicInteger WRITTEN = new AtomicInteger();

    @Override
    public Integer apply(Integer sum, Integer number) {
      return sum + number;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
      WRITTEN.incrementAndGet();
      out.defaultWriteObject();
    }
  }

  @ParameterizedTest(name = "{0} tasks, depth {1}")
  @CsvSource({"1, 1", "4, 1", "16, 2"})
  void functionsAreSerializedForTasksAlone(int tasks, int depth) {
    JavaSparkContext context =
        JavaSparkContext.fromSparkContext(SharedSpark.session().sparkContext());
    RDD<Integer> numbers = context.parallelize(NUMBERS, tasks).rdd();
    int uncleaned = written(new UncleanedTasks<>(numbers, INTEGER), depth);
    int cleaned = written(numbers, depth);
    if (depth == 1) {
      assertThat(uncleaned).as("both functions, with the tasks").isEqualTo(2);
    }
    assertThat(uncleaned).as("less often than with searches").isLessThan(cleaned);
  }

  private static int written(RDD<Integer> numbers, int depth) {
    Add.WRITTEN.set(0);
    int sum = numbers.treeAggregate(0, new Add(), new Add(), depth, INTEGER);
    assertThat(sum).isEqualTo(120);
    return Add.WRITTEN.get();
  }
}
