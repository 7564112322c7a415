package io.destine.spark.internals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * Ends an executor when a message of a certain kind reaches it, if a file named after the executor
 * requests it. The files are below the directory of the setting {@link #DIRECTORY}.
 */
public final class DyingOwner implements SparkPlugin {
  public static final String DIRECTORY = "spark.test.dying-owners";

  private static final int EXIT_CODE = 70;
  private static final long LOOK_MILLIS = 2;

  /**
   * Has an executor end.
   *
   * @param kind of the message
   * @param place of a byte of the message, counted from the one behind its kind
   * @param value of that byte
   */
  public static void arm(Path directory, String executor, byte kind, int place, int value) {
    try {
      Path written =
          Files.writeString(directory.resolve("dying.new"), kind + " " + place + " " + value);
      Files.move(written, order(directory, executor));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path order(Path directory, String executor) {
    return directory.resolve("dying-" + executor);
  }

  @Override
  public DriverPlugin driverPlugin() {
    return null;
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new Watcher();
  }

  /** A handler that may end the process instead. */
  private record Watched(MessageService.Handler handler, byte kind, Path order, AtomicBoolean ends)
      implements MessageService.Handler {
    @Override
    public void receive(ByteBuffer message, MessageService.Reply reply) {
      if (isOrdered(message) && !ends.getAndSet(true)) {
        try {
          Files.delete(order);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().halt(EXIT_CODE);
      }
      handler.receive(message, reply);
    }

    private boolean isOrdered(ByteBuffer message) {
      try {
        String[] words = Files.readString(order).split(" ");
        int place = message.position() + Integer.parseInt(words[1]);
        return Byte.parseByte(words[0]) == kind
            && place < message.limit()
            && message.get(place) == Integer.parseInt(words[2]);
      } catch (NoSuchFileException e) {
        return false;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final class Watcher implements ExecutorPlugin {
    private final AtomicBoolean ends = new AtomicBoolean();

    @Override
    public void init(PluginContext context, Map<String, String> settings) {
      Path order = order(Path.of(context.conf().get(DIRECTORY)), context.executorID());
      Thread thread = new Thread(() -> watch(order), "dying-owner");
      thread.setDaemon(true);
      thread.start();
    }

    private void watch(Path order) {
      try {
        while (true) {
          for (MessageService service : MessageServices.here()) {
            for (Map.Entry<Byte, MessageService.Handler> handler :
                MessageServices.handlers(service).entrySet()) {
              if (!(handler.getValue() instanceof Watched)) {
                handler.setValue(new Watched(handler.getValue(), handler.getKey(), order, ends));
              }
            }
          }
          Thread.sleep(LOOK_MILLIS);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Access to private fields of {@link MessageService}. */
  private static final class MessageServices {
    private static final Field HERE = field("HERE");
    private static final Field HANDLERS = field("handlers");

    private static Field field(String name) {
      try {
        Field field = MessageService.class.getDeclaredField(name);
        field.setAccessible(true);
        return field;
      } catch (NoSuchFieldException e) {
        throw new IllegalStateException(e);
      }
    }

    @SuppressWarnings("unchecked")
    static Iterable<MessageService> here() {
      try {
        return ((Map<Address, MessageService>) HERE.get(null)).values();
      } catch (IllegalAccessException e) {
        throw new IllegalStateException(e);
      }
    }

    @SuppressWarnings("unchecked")
    static Map<Byte, MessageService.Handler> handlers(MessageService service) {
      try {
        return (Map<Byte, MessageService.Handler>) HANDLERS.get(service);
      } catch (IllegalAccessException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
