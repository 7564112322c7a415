package io.destine.spark.conf;

/**
 * One key of a configuration.
 *
 * @param key dotted; {@code fields[].name} for the keys of list entries
 * @param type what the value must be
 * @param defaultValue as the configuration would spell it; empty when there is none
 * @param meaning one phrase
 */
public record Setting(String key, String type, String defaultValue, String meaning) {}
