package io.destine.spark.nightly;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.destine.spark.ml.PythonEnvironment;
import io.destine.spark.ml.VirtualEnvironment;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * An S3 server on loopback with one bucket, see {@code src/test/python/s3_server.py}. Tests are
 * left out where Python or pip cannot make its environment, or Hadoop's S3A is not on the class
 * path.
 */
public final class S3Server implements AutoCloseable {
  /** The bucket. */
  public static final String BUCKET = "s3a://clicks";

  private static final VirtualEnvironment ENVIRONMENT =
      new VirtualEnvironment("s3-server", "moto[server,s3]==5.2.5");

  private final Process process;
  private final int port;

  private S3Server(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** A server whose log is in a directory. */
  public static S3Server start(Path directory) throws IOException, InterruptedException {
    requireS3a();
    ENVIRONMENT.require();
    Path program = Path.of("src", "test", "python", "s3_server.py").toAbsolutePath();
    Process process =
        new ProcessBuilder(ENVIRONMENT.program("python"), program.toString())
            .redirectError(directory.resolve("s3.log").toFile())
            .start();
    String port = process.inputReader(StandardCharsets.UTF_8).readLine();
    if (port == null) {
      throw new IOException("no S3 server: " + Files.readString(directory.resolve("s3.log")));
    }
    S3Server server = new S3Server(process, Integer.parseInt(port));
    HttpRequest bucket =
        HttpRequest.newBuilder(URI.create(server.endpoint() + "/clicks"))
            .PUT(HttpRequest.BodyPublishers.noBody())
            .build();
    int status =
        HttpClient.newHttpClient()
            .send(bucket, HttpResponse.BodyHandlers.discarding())
            .statusCode();
    if (status != HttpURLConnection.HTTP_OK) {
      throw new IOException("no bucket: status " + status);
    }
    return server;
  }

  private static void requireS3a() {
    try {
      Class.forName("org.apache.hadoop.fs.s3a.S3AFileSystem");
    } catch (ClassNotFoundException e) {
      assumeTrue(
          false,
          (PythonEnvironment.hasConnect() ? "" : "not for this Spark: ")
              + "hadoop-aws is not on the class path; the build -Pspark-4.2 has it, whose version of"
              + " Hadoop creates files in S3 on condition");
    }
  }

  private String endpoint() {
    return "http://127.0.0.1:" + port;
  }

  /** Settings of Hadoop that reach it. */
  public Map<String, String> settings() {
    return Map.of(
        "fs.s3a.endpoint", endpoint(),
        "fs.s3a.endpoint.region", "us-east-1",
        "fs.s3a.path.style.access", "true",
        "fs.s3a.access.key", "user",
        "fs.s3a.secret.key", "password");
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
