package io.destine.spark.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class EventFileTest {
  /** The expected bytes are explained in events.py. */
  @Test
  void theBytesAreThoseOfTheFormat() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (EventFile events = new EventFile(out, 1_500_250)) {
      events.add(1_501_500, 300, new TreeMap<>(Map.of("epoch/auc", 0.75, "epoch/loss", 0.1)));
    }
    try (InputStream golden = EventFileTest.class.getResourceAsStream("/tracking/events.bin")) {
      assertThat(out.toByteArray()).isEqualTo(golden.readAllBytes());
    }
  }
}
