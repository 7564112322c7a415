package io.destine.spark.train;

import io.destine.spark.channel.BufferInput;
import io.destine.spark.channel.BufferOutput;
import io.destine.spark.channel.DriverClient;
import io.destine.spark.channel.DriverService;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gradient sums on their way from tasks in other JVMs to the driver. Spark copies the result of a
 * task several times, on one thread; a message is written once and read by the thread that receives
 * it, so that sums of several executors are read at the same time. What the task then returns, and
 * the treeAggregate merges, names the sum. Any thread.
 */
final class SentSums {
  /** Names these messages among those to the driver. */
  private static final byte KIND = 2;

  private static final Logger LOG = LoggerFactory.getLogger(SentSums.class);

  /** A sum that has not been taken by then is returned as any result of a task. */
  private static final long PATIENCE_SECONDS = 60;

  /** About what a sum takes, to begin with. */
  private static final int EXPECTED_BYTES = 1 << 20;

  /** Memory of messages that have been answered. */
  private static final Queue<BufferOutput> FREE = new ConcurrentLinkedQueue<>();

  /** By step that is open, the sums that have come. */
  private static final Map<Long, Map<Integer, CompletableFuture<StepSum>>> OPEN =
      new ConcurrentHashMap<>();

  /** The key of a sum whose step is over. */
  private static final int OVER = -1;

  private SentSums() {}

  /** Where a sum is in the driver. */
  record Key(long step, int number) {
    void write(DataOutput out) throws IOException {
      out.writeLong(step);
      out.writeInt(number);
    }

    static Key read(DataInput in) throws IOException {
      return new Key(in.readLong(), in.readInt());
    }
  }

  /** Lets tasks send sums to a service of this JVM. */
  static void receive(DriverService service) {
    service.handle(KIND, SentSums::receive);
  }

  private static void receive(ByteBuffer message, DriverService.Reply reply) {
    Map<Integer, CompletableFuture<StepSum>> sums = OPEN.get(message.getLong());
    if (sums == null) {
      reply.send(number(OVER));
      return;
    }
    CompletableFuture<StepSum> sum = new CompletableFuture<>();
    int number;
    synchronized (sums) {
      number = sums.size();
      sums.put(number, sum);
    }
    // The task returns while its sum is read.
    reply.send(number(number));
    try {
      StepSum read = new StepSum();
      int bytes = message.remaining();
      read.read(new DataInputStream(new BufferInput(message)));
      read.time().addSumBytes(bytes);
      sum.complete(read);
    } catch (Throwable e) {
      sum.completeExceptionally(e);
    }
  }

  private static ByteBuffer number(int number) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(0, number);
  }

  /** Opens a step: its tasks may send sums. */
  static void open(long step) {
    OPEN.put(step, new ConcurrentHashMap<>());
  }

  /** Ends a step; what nobody has taken is dropped. */
  static void end(long step) {
    OPEN.remove(step);
  }

  /**
   * A sum that has come, waited for while it is being read.
   *
   * @throws IllegalStateException when its step is over
   */
  static StepSum take(Key key) {
    Map<Integer, CompletableFuture<StepSum>> sums = OPEN.get(key.step());
    CompletableFuture<StepSum> sum = sums == null ? null : sums.get(key.number());
    if (sum == null) {
      throw new IllegalStateException("a sum that was sent must be there, but its step is over");
    }
    return sum.join();
  }

  /**
   * Sends the sum of a task; when that fails, the sum stays and travels as the result of the task.
   *
   * @param step to which it belongs
   */
  static void send(DriverClient driver, long step, StepSum sum) {
    BufferOutput bytes = FREE.poll();
    bytes = bytes == null ? new BufferOutput(EXPECTED_BYTES) : bytes;
    try {
      bytes.reset();
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeByte(KIND);
      out.writeLong(step);
      sum.write(out);
      CompletableFuture<Integer> number = driver.ask(bytes.buffer(), ByteBuffer::getInt);
      int found = number.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (found == OVER) {
        sum.miss();
      } else {
        sum.sent(new Key(step, found));
      }
      FREE.add(bytes);
    } catch (IOException | ExecutionException | TimeoutException e) {
      LOG.warn("a gradient is returned by the task, since sending it failed: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
