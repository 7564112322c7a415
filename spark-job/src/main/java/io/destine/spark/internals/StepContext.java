package io.destine.spark.internals;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkContext$;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import scala.reflect.ClassTag;

/**
 * A SparkContext for jobs that take milliseconds.
 *
 * <p>Spark broadcasts the common part of a stage's tasks, their RDD and function: an executor looks
 * up the broadcast, fetches it, reports its block, and later gets a message to remove it. In such
 * jobs these messages are a tenth of all work. Therefore, while {@link #during} is open, small task
 * binaries are inlined in each task instead of being broadcast.
 *
 * <p>Lambdas are not cleaned: Spark's closure cleaner only searches their byte code, in each job,
 * for return statements and captured objects of the Spark shell, and serializes them once more to
 * report early that they cannot be serialized. No shell runs in this context. Function classes of
 * Scala, such as partial functions, are cleaned: the cleaner removes objects that they capture
 * without use.
 */
public final class StepContext extends SparkContext {
  /** Maximum bytes that are inlined in a task. */
  private static final int MOST_BYTES = 1 << 16;

  private final AtomicInteger open = new AtomicInteger();

  private StepContext(SparkConf settings) {
    super(settings);
  }

  /** The context of this JVM; a new one of this class if there is none. */
  public static SparkContext getOrCreate(SparkConf settings) {
    return SparkContext$.MODULE$.getActive().getOrElse(() -> new StepContext(settings));
  }

  /** A session on {@link #getOrCreate}. */
  public static SparkSession session(SparkConf settings) {
    return SparkSession.builder().sparkContext(getOrCreate(settings)).getOrCreate();
  }

  /** Ends a period of small jobs when closed; to be closed only once. */
  public interface SmallJobs extends AutoCloseable {
    @Override
    void close();
  }

  /** Begins a period of small jobs, if the context is of this class. */
  public static SmallJobs during(SparkContext context) {
    if (!(context instanceof StepContext steps)) {
      return () -> {};
    }
    steps.open.incrementAndGet();
    return steps.open::decrementAndGet;
  }

  /** Uses the logger name of Spark's class, so that log levels set for Spark's classes apply. */
  @Override
  public String logName() {
    return SparkContext.class.getName();
  }

  @Override
  public <T> Broadcast<T> broadcast(T value, ClassTag<T> type) {
    boolean carried = open.get() > 0 && value instanceof byte[] bytes && bytes.length <= MOST_BYTES;
    return carried ? new Carried<>(value, type) : super.broadcast(value, type);
  }

  @Override
  public <F> F clean(F function, boolean checkSerializable) {
    boolean compiled = function.getClass().getName().contains("$anonfun$");
    return compiled ? super.clean(function, checkSerializable) : function;
  }

  /** A broadcast whose value is serialised together with the object that refers to it. */
  private static final class Carried<T> extends Broadcast<T> {
    private static final long serialVersionUID = 1;

    private final T value;

    Carried(T value, ClassTag<T> type) {
      super(-1, type);
      this.value = value;
    }

    @Override
    public T getValue() {
      return value;
    }

    @Override
    public void doUnpersist(boolean blocking) {
      // Nothing to free: the block manager does not store this value.
    }

    @Override
    public void doDestroy(boolean blocking) {
      // Nothing to free: the block manager does not store this value.
    }
  }
}
