package io.destine.spark.internals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.spark.SparkConf;
import org.apache.spark.network.TransportContext;
import org.apache.spark.network.client.RpcResponseCallback;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.client.TransportClientFactory;
import org.apache.spark.network.server.NoOpRpcHandler;

/** Sends messages to {@link MessageService}s. Any thread. */
public final class MessageClient implements AutoCloseable {
  private final TransportContext transport;
  private final TransportClientFactory connections;

  /** A client that connects when the first message is sent. */
  public MessageClient() {
    this(new Connections());
  }

  /** The same with Spark settings that differ from this process's. */
  public MessageClient(SparkConf settings) {
    this(new Connections(settings));
  }

  private MessageClient(Connections settings) {
    transport = new TransportContext(settings.settings(), new NoOpRpcHandler(), true);
    connections = transport.createClientFactory(settings.client());
  }

  /**
   * Sends a message.
   *
   * @param address of the service
   * @param message begins with the byte of its kind
   * @param reader converts the answer to the result before it returns, in a thread that it should
   *     not occupy for long
   * @return the result; a failure if the service cannot be reached, or the connection is lost or
   *     times out. The next message then uses a new connection
   */
  public <T> CompletableFuture<T> ask(
      Address address, ByteBuffer message, Function<ByteBuffer, T> reader) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      if (!MessageService.receiveHere(address, message, new Answer<>(null, result, reader))) {
        TransportClient client = connections.createClient(address.host(), address.port());
        client.sendRpc(message, new Answer<>(client, result, reader));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      result.completeExceptionally(e);
    } catch (Throwable e) {
      result.completeExceptionally(e);
    }
    return result;
  }

  /**
   * The outcome of a message.
   *
   * @param client that sends it; null if it stays in this process
   */
  private record Answer<T>(
      TransportClient client, CompletableFuture<T> result, Function<ByteBuffer, T> reader)
      implements RpcResponseCallback {
    @Override
    public void onSuccess(ByteBuffer answer) {
      try {
        result.complete(reader.apply(answer));
      } catch (Throwable e) {
        result.completeExceptionally(e);
      }
    }

    @Override
    public void onFailure(Throwable failure) {
      if (client != null && failure instanceof IOException) {
        // This callback precedes the close of the connection, which must not be used any more.
        client.timeOut();
      }
      result.completeExceptionally(failure);
    }
  }

  /** Closes the connections. */
  @Override
  public void close() {
    connections.close();
    transport.close();
  }
}
