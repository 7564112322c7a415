package io.destine.spark.internals;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A TCP relay in front of a server. A test resets its connections, also in the middle of a message,
 * or lets them go silent. Thread-safe.
 */
public final class Relay implements AutoCloseable {
  private static final int BUFFER_BYTES = 8192;

  private final ServerSocket listener = new ServerSocket();
  private final InetSocketAddress server;
  private final ConcurrentLinkedQueue<Connection> connections = new ConcurrentLinkedQueue<>();

  /**
   * Starts to listen.
   *
   * @param address to listen to; any port that is free when its port is 0
   * @param server to which connections go; it may come and go
   */
  public Relay(InetSocketAddress address, InetSocketAddress server) throws IOException {
    this.server = server;
    listener.setReuseAddress(true);
    listener.bind(address);
    inBackground(this::accept);
  }

  /** The port that it listens to. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Connections that are open now, the oldest first. */
  public List<Connection> open() {
    connections.removeIf(connection -> !connection.isOpen());
    return new ArrayList<>(connections);
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    open().forEach(Connection::reset);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        connect(listener.accept());
      } catch (IOException e) {
        // The relay has been closed.
        return;
      }
    }
  }

  private void connect(Socket client) {
    Socket onward = new Socket();
    Connection connection = new Connection(client, onward);
    try {
      onward.connect(server);
      client.setTcpNoDelay(true);
      onward.setTcpNoDelay(true);
    } catch (IOException e) {
      // The server is not there, which the client is to see.
      connection.end(true, false);
      return;
    }
    connections.add(connection);
    inBackground(() -> connection.carry(client, onward));
    inBackground(() -> connection.carry(onward, client));
  }

  private static void inBackground(Runnable work) {
    Thread thread = new Thread(work, "relay");
    thread.setDaemon(true);
    thread.start();
  }

  /** A connection through the relay. */
  public static final class Connection {
    private final Socket client;
    private final Socket server;
    private long allowed = Long.MAX_VALUE;
    private boolean silent;
    private boolean closed;
    private boolean byTest;

    private Connection(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    /** True until either side or the test has closed it. */
    public synchronized boolean isOpen() {
      return !closed;
    }

    /** Resets it after this many more bytes, both directions together. */
    public synchronized void resetAfter(long bytes) {
      allowed = bytes;
    }

    /** Nothing comes through from now on, and neither side is told. */
    public synchronized void beSilent() {
      silent = true;
    }

    /** Forwards the bytes that have been held back. */
    public synchronized void speak() {
      silent = false;
      notifyAll();
    }

    /**
     * Both sides see a connection that was reset.
     *
     * @return whether this or {@link #resetAfter} has ended it, rather than one of the sides
     */
    public synchronized boolean reset() {
      end(true, true);
      return byTest;
    }

    private void end(boolean reset, boolean byTest) {
      synchronized (this) {
        this.byTest |= !closed && byTest;
        closed = true;
        notifyAll();
      }
      for (Socket socket : List.of(client, server)) {
        try (socket) {
          if (reset && !socket.isClosed()) {
            // Without lingering, closing sends RST.
            socket.setSoLinger(true, 0);
          }
        } catch (IOException e) {
          // It is closed either way.
        }
      }
    }

    private void carry(Socket from, Socket to) {
      byte[] buffer = new byte[BUFFER_BYTES];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        int read = in.read(buffer);
        while (read >= 0) {
          int sent = pass(read);
          out.write(buffer, 0, sent);
          if (sent < read) {
            end(true, true);
            return;
          }
          read = in.read(buffer);
        }
        end(false, false);
      } catch (IOException e) {
        end(true, false);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** The number of these bytes to forward; waits while the connection is silent. */
    private synchronized int pass(int bytes) throws InterruptedException {
      while (silent && !closed) {
        wait();
      }
      int passing = closed ? 0 : (int) Math.min(bytes, allowed);
      allowed -= passing;
      return passing;
    }
  }
}
