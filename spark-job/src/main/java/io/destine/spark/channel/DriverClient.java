package io.destine.spark.channel;

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

/** Sends messages to a {@link DriverService}, from a task. Any thread. */
public final class DriverClient implements AutoCloseable {
  private final DriverAddress address;
  private final TransportContext transport;
  private final TransportClientFactory connections;

  /** A client of the service at an address; it connects when there is something to send. */
  public DriverClient(DriverAddress address) {
    this(address, new Connections());
  }

  /** The same with other settings of Spark than this process has. */
  public DriverClient(DriverAddress address, SparkConf settings) {
    this(address, new Connections(settings));
  }

  private DriverClient(DriverAddress address, Connections settings) {
    this.address = address;
    transport = new TransportContext(settings.settings(), new NoOpRpcHandler(), true);
    connections = transport.createClientFactory(settings.client());
  }

  /**
   * Sends a message.
   *
   * @param message which begins with the byte that names its kind
   * @param reader makes the result of the answer, in a thread that it should not keep long, before
   *     it returns
   * @return the result; a failure when the driver cannot be reached, or the connection is lost or
   *     has been silent for long. The next message goes by a new connection
   */
  public <T> CompletableFuture<T> ask(ByteBuffer message, Function<ByteBuffer, T> reader) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      TransportClient client = connections.createClient(address.host(), address.port());
      client.sendRpc(message, new Answer<>(client, result, reader));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      result.completeExceptionally(e);
    } catch (Throwable e) {
      result.completeExceptionally(e);
    }
    return result;
  }

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
      if (failure instanceof IOException) {
        // It is told before the connection is closed, which must not be used any more.
        client.timeOut();
      }
      result.completeExceptionally(failure);
    }
  }

  /** Ends the connection. */
  @Override
  public void close() {
    connections.close();
    transport.close();
  }
}
