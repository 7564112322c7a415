package io.destine.spark.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;

/**
 * The record in a numbered file of a lock, one JSON object in a line.
 *
 * @param id of this acquisition, kept by renewals: a process may acquire a lock, lose it and
 *     acquire it again
 * @param owner the process
 * @param started when it acquired the lock
 * @param renewed time of the last renewal
 * @param expires time from which others may take over the lock
 */
record LockRecord(String id, Owner owner, Instant started, Instant renewed, Instant expires) {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** A lock acquired now. */
  static LockRecord acquired(Owner owner, Duration lease, Instant now) {
    Instant start = now.truncatedTo(ChronoUnit.MILLIS);
    return new LockRecord(UUID.randomUUID().toString(), owner, start, start, start.plus(lease));
  }

  /** The same lock, renewed now. */
  LockRecord renewed(Duration lease, Instant now) {
    Instant start = now.truncatedTo(ChronoUnit.MILLIS);
    return new LockRecord(id, owner, started, start, start.plus(lease));
  }

  /** True if another process may take it over. */
  boolean isFree(Instant now) {
    return !now.isBefore(expires) || owner.hasEnded();
  }

  /** The text of the record. */
  String text() {
    ObjectNode json = MAPPER.createObjectNode().put("id", id);
    owner.putInto(json);
    json.put("started", started.toString())
        .put("renewed", renewed.toString())
        .put("expires", expires.toString());
    return json + "\n";
  }

  /** The record in a text; empty if the text is not a complete record. */
  static Optional<LockRecord> parse(String text) {
    try {
      JsonNode json = MAPPER.readTree(text);
      return Optional.of(
          new LockRecord(
              string(json, "id"),
              Owner.of(json),
              instant(json, "started"),
              instant(json, "renewed"),
              instant(json, "expires")));
    } catch (JsonProcessingException | IllegalArgumentException | DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Instant instant(JsonNode json, String name) {
    return Instant.parse(string(json, name));
  }

  private static String string(JsonNode json, String name) {
    JsonNode value = json.required(name);
    if (!value.isTextual()) {
      throw new IllegalArgumentException(name + " must be a string, got " + value);
    }
    return value.textValue();
  }

  @Override
  public String toString() {
    return owner + " since " + started + ", renewed at " + renewed;
  }
}
