package io.destine.spark.internals;

import java.io.Serializable;

/**
 * The address of a {@link MessageService}.
 *
 * @param host of its process, as known to others
 * @param port on which the service listens
 */
public record Address(String host, int port) implements Serializable {
  private static final long serialVersionUID = 1;
}
