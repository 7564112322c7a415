package io.destine.spark.replica;

import io.destine.param.Parameters;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;

/**
 * What takes a replica of any version from {@code from} on, and before {@code to}, to version
 * {@code to}: the values, at {@code to}, of all table rows that changed in between.
 *
 * @param from version, exclusive: the changes are those after it
 * @param to version, inclusive
 * @param parts the values, in pieces of bounded size
 */
record VersionSpan(long from, long to, List<Broadcast<ParameterDelta>> parts)
    implements Serializable {

  void applyTo(Parameters parameters) {
    parts.forEach(part -> part.value().applyTo(parameters));
  }

  void destroy() {
    parts.forEach(Broadcast::destroy);
  }
}
