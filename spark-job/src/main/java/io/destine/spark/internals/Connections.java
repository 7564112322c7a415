package io.destine.spark.internals;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.SecurityManager;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.network.client.TransportClientBootstrap;
import org.apache.spark.network.crypto.AuthClientBootstrap;
import org.apache.spark.network.crypto.AuthServerBootstrap;
import org.apache.spark.network.server.TransportServerBootstrap;
import org.apache.spark.network.util.ConfigProvider;
import org.apache.spark.network.util.TransportConf;
import scala.Tuple2;

/**
 * Connections with the settings of Spark's RPC: authentication, encryption, timeouts. A connection
 * without traffic for {@code spark.rpc.io.connectionTimeout} while an answer is awaited is closed,
 * and waiting callers get a failure. If this is not set, the timeout is a quarter of {@code
 * spark.network.timeout}, so 30 seconds by default: short, since a step waits for it, and safe,
 * since a live process answers within a few seconds.
 */
final class Connections {
  private static final String MODULE = "rpc";
  private static final int MOST_THREADS = 8;

  private final SecurityManager security;
  private final TransportConf settings;

  /** Connections with the settings of this process, which must belong to a Spark application. */
  Connections() {
    this(SparkEnv.get().conf());
  }

  /** Connections with settings that differ from this process's. */
  Connections(SparkConf settingsOfSpark) {
    security = SparkEnv.get().securityManager();
    SparkConf conf = settingsOfSpark.clone();
    String threads =
        String.valueOf(Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()));
    for (String side : List.of("server", "client")) {
      conf.setIfMissing("spark." + MODULE + ".io." + side + "Threads", threads);
    }
    long seconds = Math.max(1, conf.getTimeAsSeconds("spark.network.timeout", "120s") / 4);
    conf.setIfMissing("spark." + MODULE + ".io.connectionTimeout", seconds + "s");
    settings = new TransportConf(MODULE, new Settings(conf));
  }

  private static final class Settings extends ConfigProvider {
    private final SparkConf conf;

    Settings(SparkConf conf) {
      this.conf = conf;
    }

    @Override
    public String get(String name) {
      return conf.get(name);
    }

    @Override
    public String get(String name, String otherwise) {
      return conf.get(name, otherwise);
    }

    @Override
    public Iterable<Map.Entry<String, String>> getAll() {
      return Arrays.stream(conf.getAll()).map(Connections::entry).toList();
    }
  }

  private static Map.Entry<String, String> entry(Tuple2<String, String> setting) {
    return Map.entry(setting._1(), setting._2());
  }

  TransportConf settings() {
    return settings;
  }

  List<TransportServerBootstrap> server() {
    return security.isAuthenticationEnabled()
        ? List.of(new AuthServerBootstrap(settings, security))
        : List.of();
  }

  List<TransportClientBootstrap> client() {
    return security.isAuthenticationEnabled()
        ? List.of(new AuthClientBootstrap(settings, security.getSaslUser(), security))
        : List.of();
  }
}
