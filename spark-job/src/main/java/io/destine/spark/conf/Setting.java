package io.destine.spark.conf;

/**
 * One key of a configuration.
 *
 * @param key dotted; {@code fields[].name} for the keys of list entries
 * @param type of the value
 * @param defaultValue in configuration syntax; empty if there is none
 * @param meaning one phrase
 */
public record Setting(String key, String type, String defaultValue, String meaning) {}
