package io.destine.spark.internals;

import java.io.Serializable;

/**
 * Where a {@link MessageService} is reached.
 *
 * @param host of its process, as others know it
 * @param port that the service listens to
 */
public record Address(String host, int port) implements Serializable {
  private static final long serialVersionUID = 1;
}
