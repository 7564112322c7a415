package io.destine.spark.tracking;

import io.destine.spark.ml.VirtualEnvironment;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * MLflow's own server on loopback, with TensorBoard beside it, in a virtual environment that is
 * made once. Tests are left out where Python or pip cannot make it.
 */
public final class MlflowServer implements AutoCloseable {
  private static final VirtualEnvironment ENVIRONMENT =
      new VirtualEnvironment(
          "mlflow-3.17.2", "--only-binary=:all:", "mlflow==3.17.2", "tensorboard==2.21.0");

  private static final long START_SECONDS = 180;

  private final Process process;
  private final int port;

  private MlflowServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** A server that keeps all in a directory. */
  public static MlflowServer start(Path directory) throws IOException, InterruptedException {
    ENVIRONMENT.require();
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path log = directory.resolve("mlflow.log");
    ProcessBuilder command =
        new ProcessBuilder(
            program("mlflow"),
            "server",
            "--host=127.0.0.1",
            "--port=" + port,
            "--workers=1",
            "--backend-store-uri=sqlite:///" + directory.resolve("mlflow.db"),
            "--artifacts-destination=" + directory.resolve("artifacts"));
    command.environment().put("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false");
    Process process =
        command
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .directory(directory.toFile())
            .start();
    MlflowServer server = new MlflowServer(process, port);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!server.answers()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        server.close();
        throw new IOException("no MLflow server: " + Files.readString(log));
      }
      Thread.sleep(200);
    }
    return server;
  }

  /** A program of the environment, such as python. */
  public static String program(String name) {
    return ENVIRONMENT.program(name);
  }

  /** The address. */
  public String uri() {
    return "http://127.0.0.1:" + port;
  }

  private boolean answers() throws InterruptedException {
    HttpRequest health = HttpRequest.newBuilder(URI.create(uri() + "/health")).build();
    try {
      return HttpClient.newHttpClient()
              .send(health, HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
