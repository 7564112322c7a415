package io.destine.spark.app;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads comma-separated text by the grammar of RFC 4180, and refuses what it does not allow. An
 * empty field without quotes is null; two quotes are the empty text. A record ends with a line
 * feed, which may follow a carriage return.
 */
final class Rfc4180 {
  private final String text;
  private int at;

  Rfc4180(String text) {
    this.text = text;
  }

  List<List<String>> records() {
    List<List<String>> records = new ArrayList<>();
    while (at < text.length()) {
      List<String> record = new ArrayList<>();
      record.add(field());
      while (at < text.length() && text.charAt(at) == ',') {
        at++;
        record.add(field());
      }
      if (text.startsWith("\r\n", at)) {
        at += 2;
      } else if (text.startsWith("\n", at)) {
        at++;
      } else {
        throw new IllegalArgumentException("no end of record at character " + at);
      }
      records.add(record);
    }
    return records;
  }

  private String field() {
    if (text.startsWith("\"", at)) {
      return quoted();
    }
    int from = at;
    while (at < text.length() && ",\r\n".indexOf(text.charAt(at)) < 0) {
      if (text.charAt(at) == '"') {
        throw new IllegalArgumentException("quote inside an unquoted field at character " + at);
      }
      at++;
    }
    return at == from ? null : text.substring(from, at);
  }

  private String quoted() {
    StringBuilder value = new StringBuilder();
    for (at++; ; at++) {
      char c = text.charAt(at);
      if (c == '"' && !text.startsWith("\"\"", at)) {
        at++;
        return value.toString();
      }
      at += c == '"' ? 1 : 0;
      value.append(c);
    }
  }
}
