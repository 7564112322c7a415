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

  /** A client that connects when there is something to send. */
  public MessageClient() {
    this(new Connections());
  }

  /** The same with other settings of Spark than this process has. */
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
   * @param message which begins with the byte that names its kind
   * @param reader makes the result of the answer, in a thread that it should not keep long, before
   *     it returns
   * @return the result; a failure when the service cannot be reached, or the connection is lost or
   *     has been silent for long. The next message goes by a new connection
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
   * @param client by which it is sent; null when it stays in this process
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
        // It is told before the connection is closed, which must not be used any more.
        client.timeOut();
      }
      result.completeExceptionally(failure);
    }
  }

  /** Ends the connections. */
  @Override
  public void close() {
    connections.close();
    transport.close();
  }
}
