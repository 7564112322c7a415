package io.destine.spark.internals;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.network.TransportContext;
import org.apache.spark.network.client.RpcResponseCallback;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.server.OneForOneStreamManager;
import org.apache.spark.network.server.RpcHandler;
import org.apache.spark.network.server.StreamManager;
import org.apache.spark.network.server.TransportServer;
import org.apache.spark.util.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * Receives messages from other processes and answers them. It listens on a separate port at this
 * process's address: {@value #PORT} in the driver, {@value #EXECUTOR_PORT} in an executor, or one
 * of the next {@code spark.port.maxRetries} ports if it is in use; any free port if the setting is
 * left out. Connections are authenticated and encrypted like Spark's own. Any thread.
 */
public final class MessageService implements AutoCloseable {
  /** Spark setting for the port of the driver. */
  public static final String PORT = "spark.destine.port";

  /** Spark setting for the port of an executor. */
  public static final String EXECUTOR_PORT = "spark.destine.executor.port";

  private static final Logger LOG = LoggerFactory.getLogger(MessageService.class);

  /** The services of this executor: messages of its own tasks stay in the process. */
  private static final Map<Address, MessageService> HERE = new ConcurrentHashMap<>();

  private final Map<Byte, Handler> handlers = new ConcurrentHashMap<>();
  private final Receiver receiver = new Receiver();
  private final TransportContext transport;
  private final TransportServer server;
  private final Address address;

  /**
   * Handles messages of a kind. Called by several threads concurrently, which it should not occupy
   * for long.
   */
  @FunctionalInterface
  public interface Handler {
    /**
     * Handles a message.
     *
     * @param message without the byte of its kind; must be read before the call returns
     */
    void receive(ByteBuffer message, Reply reply);
  }

  /** Answers a message: once, at any time, from any thread. */
  public interface Reply {
    /** Sends the answer. */
    void send(ByteBuffer answer);

    /** Sends a failure instead of an answer. */
    void fail(Throwable failure);
  }

  /** Starts listening in the driver. */
  public MessageService(SparkContext context) {
    this(
        context.conf().get("spark.driver.host"),
        context.conf().get("spark.driver.bindAddress", context.conf().get("spark.driver.host")),
        context.conf(),
        PORT);
  }

  private MessageService(String host, String bind, SparkConf conf, String setting) {
    Connections connections = new Connections();
    transport = new TransportContext(connections.settings(), receiver);
    server =
        Utils.<TransportServer>startServiceOnPort(
                conf.getInt(setting, 0),
                port -> {
                  TransportServer listening =
                      transport.createServer(bind, (Integer) port, connections.server());
                  return new Tuple2<>(listening, listening.getPort());
                },
                conf,
                setting)
            ._1();
    address = new Address(host, server.getPort());
  }

  /** Starts listening in an executor. */
  public static MessageService inExecutor() {
    String host = SparkEnv.get().blockManager().blockManagerId().host();
    MessageService service = new MessageService(host, host, SparkEnv.get().conf(), EXECUTOR_PORT);
    HERE.put(service.address, service);
    return service;
  }

  /**
   * Handles a message of this process directly if it is for a service of its executor.
   *
   * @return false if it has to be sent
   */
  static boolean receiveHere(Address address, ByteBuffer message, RpcResponseCallback callback) {
    MessageService service = HERE.get(address);
    if (service != null) {
      service.receiver.receive("this process", message, callback);
    }
    return service != null;
  }

  /** Whether the service at an address belongs to the executor in this process. */
  public static boolean isHere(Address address) {
    return HERE.containsKey(address);
  }

  /** The address of this service. */
  public Address address() {
    return address;
  }

  /** Sets the handler for messages of a kind; null for none. */
  public void handle(byte kind, Handler handler) {
    if (handler == null) {
      handlers.remove(kind);
    } else {
      handlers.put(kind, handler);
    }
  }

  /** Ends the service: all requests fail from then on. */
  @Override
  public void close() {
    HERE.remove(address);
    server.close();
    transport.close();
  }

  private final class Receiver extends RpcHandler {
    private final StreamManager noStreams = new OneForOneStreamManager();
    private final AtomicLong failures = new AtomicLong();

    @Override
    public void receive(TransportClient client, ByteBuffer message, RpcResponseCallback callback) {
      receive(client.getSocketAddress(), message, callback);
    }

    void receive(Object from, ByteBuffer message, RpcResponseCallback callback) {
      Answer answer = new Answer(from, callback);
      try {
        byte kind = message.get();
        Handler handler = handlers.get(kind);
        if (handler == null) {
          throw new IllegalStateException("no handler for messages of kind " + kind);
        }
        handler.receive(message, answer);
      } catch (Throwable e) {
        // If rethrown, it would be logged with its stack trace for each message.
        answer.fail(e);
      }
    }

    private final class Answer implements Reply {
      private final Object from;
      private final RpcResponseCallback callback;

      Answer(Object from, RpcResponseCallback callback) {
        this.from = from;
        this.callback = callback;
      }

      @Override
      public void send(ByteBuffer answer) {
        callback.onSuccess(answer);
      }

      @Override
      public void fail(Throwable failure) {
        log(failure, from);
        callback.onFailure(failure);
      }
    }

    /** Logs the first failure, and then fewer and fewer of them. */
    private void log(Throwable failure, Object from) {
      long n = failures.incrementAndGet();
      if (Long.bitCount(n) == 1) {
        LOG.warn("failed messages: {}, the last one from {}: {}", n, from, failure.toString());
      }
    }

    @Override
    public StreamManager getStreamManager() {
      return noStreams;
    }

    @Override
    public void exceptionCaught(Throwable cause, TransportClient client) {
      // The other side notices, and retries or fails.
      LOG.debug("connection to {} failed", client.getSocketAddress(), cause);
    }
  }
}
