package io.destine.spark.internals;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkContext$;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import scala.reflect.ClassTag;

/**
 * A SparkContext for jobs that take milliseconds. Spark broadcasts what the tasks of a stage have
 * in common, their RDD and function: an executor asks where the broadcast is, fetches it, reports
 * that it has it, and is told to remove it later. In such jobs these messages are a tenth of all
 * work. While {@link #during} is open, each task therefore carries the bytes along, as long as they
 * are few.
 */
public final class StepContext extends SparkContext {
  /** Most bytes that a task carries along. */
  private static final int MOST_BYTES = 1 << 16;

  private final AtomicInteger open = new AtomicInteger();

  private StepContext(SparkConf settings) {
    super(settings);
  }

  /** The context of this JVM; a new one of this class when there is none. */
  public static SparkContext getOrCreate(SparkConf settings) {
    return SparkContext$.MODULE$.getActive().getOrElse(() -> new StepContext(settings));
  }

  /** A session on {@link #getOrCreate}. */
  public static SparkSession session(SparkConf settings) {
    return SparkSession.builder().sparkContext(getOrCreate(settings)).getOrCreate();
  }

  /** Ends the time of small jobs when it is closed, once. */
  public interface SmallJobs extends AutoCloseable {
    @Override
    void close();
  }

  /** Begins the time of small jobs, where the context is one of this class. */
  public static SmallJobs during(SparkContext context) {
    if (!(context instanceof StepContext steps)) {
      return () -> {};
    }
    steps.open.incrementAndGet();
    return steps.open::decrementAndGet;
  }

  /** Its log messages are Spark's, and follow the levels that are set for Spark's classes. */
  @Override
  public String logName() {
    return SparkContext.class.getName();
  }

  @Override
  public <T> Broadcast<T> broadcast(T value, ClassTag<T> type) {
    boolean carried = open.get() > 0 && value instanceof byte[] bytes && bytes.length <= MOST_BYTES;
    return carried ? new Carried<>(value, type) : super.broadcast(value, type);
  }

  /** A value that is sent with what refers to it. */
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
      // It is not kept.
    }

    @Override
    public void doDestroy(boolean blocking) {
      // It is not kept.
    }
  }
}
