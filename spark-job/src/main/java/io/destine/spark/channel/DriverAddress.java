package io.destine.spark.channel;

import java.io.Serializable;

/**
 * Where a {@link DriverService} is reached.
 *
 * @param host of the driver, as executors know it
 * @param port that the service listens to
 */
public record DriverAddress(String host, int port) implements Serializable {
  private static final long serialVersionUID = 1;
}
