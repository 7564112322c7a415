package io.destine.spark.parameters;

import io.destine.config.Precision;
import io.destine.param.FloatTable;
import io.destine.param.ParameterTable;
import io.destine.param.TableView;
import io.destine.spark.internals.MessageClient;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A table that owners hold open, for sequential reading or writing. Rows are requested in large
 * groups. One thread.
 */
final class OwnedTable implements TableView {
  private final MessageClient client;
  private final OwnerMap map;
  private final String name;
  private final int width;

  /** Rows that have been read or are to be written, starting at {@code first}. */
  private final FloatTable block;

  private int first;
  private int held;

  OwnedTable(MessageClient client, OwnerMap map, String name, int width) {
    this.client = client;
    this.map = map;
    this.name = name;
    this.width = width;
    block = (FloatTable) ParameterTable.zeros(Precision.FLOAT32, 0, width);
  }

  @Override
  public int rows() {
    return map.ids();
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public Precision precision() {
    return Precision.FLOAT32;
  }

  @Override
  public void copy(int from, int n, ParameterTable into, int at) {
    for (int row = from, count; row < from + n; row += count) {
      if (row < first || row >= first + held) {
        read(row);
      }
      count = Math.min(from + n, first + held) - row;
      block.copy(row - first, count, into, at + row - from);
    }
  }

  /** Returns {@code n} rows, as float[n * width]. */
  float[] read(int from, int n) {
    int[] at = IntStream.range(0, n).toArray();
    FloatTable some = (FloatTable) ParameterTable.zeros(Precision.FLOAT32, n, width);
    copy(from, n, some, 0);
    float[] numbers = new float[n * width];
    some.copy(at, 0, n, numbers);
    return numbers;
  }

  private void read(int row) {
    first = row;
    held = Math.min(TableMessages.rows(width), rows() - row);
    block.growTo(held);
    ByteBuffer message = TableMessages.read(name, width, first, held);
    askAll(part -> message, (part, answer) -> TableMessages.readInto(answer, block, first, part));
  }

  /** Sends each owner a message about its part of the rows, and waits for all answers. */
  private void askAll(
      Function<OwnerMap.Part, ByteBuffer> message, BiConsumer<OwnerMap.Part, ByteBuffer> reader) {
    List<SentMessage<RuntimeException>> messages = new ArrayList<>();
    for (int owner : map.inTurn(-1)) {
      OwnerMap.Part part = map.part(owner, first, held);
      messages.add(
          new SentMessage<>(
              client,
              map.address(owner),
              message.apply(part),
              answer -> {
                RuntimeException failure = OwnerCommands.failure(answer);
                if (failure == null) {
                  reader.accept(part, answer);
                }
                return failure;
              }));
    }
    for (SentMessage<RuntimeException> sent : messages) {
      RuntimeException failure = sent.await();
      if (failure != null) {
        throw failure;
      }
    }
  }

  /**
   * Writes rows, which are sent together with those of the previous calls if they follow them;
   * {@link #flush} sends the remaining ones.
   *
   * @param numbers float[] of the rows, one after the other
   */
  void write(int from, int n, Object numbers) {
    if (held > 0 && (from != first + held || held + n > TableMessages.rows(width))) {
      flush();
    }
    if (held == 0) {
      first = from;
    }
    block.growTo(held + n);
    block.set(held, n, numbers);
    held += n;
  }

  /** Sends the rows that have been written but not sent. */
  void flush() {
    if (held == 0) {
      return;
    }
    askAll(part -> TableMessages.write(name, block, first, held, part), (part, done) -> {});
    held = 0;
  }
}
