package io.destine.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Iterator;
import java.util.Map;

/** All settings, by their dotted keys, initially collapsed. */
final class SettingsSection {
  private SettingsSection() {}

  static void write(Markup page, ReportNode report) {
    ReportNode settings = report.at("settings");
    if (!settings.present()) {
      return;
    }
    page.openSection("Settings", null);
    page.open("details").leaf("summary", "All settings; secrets are hidden");
    page.open("dl", "class", "facts keys");
    write(page, "", settings.json());
    page.close().close().close();
  }

  private static void write(Markup page, String key, JsonNode value) {
    if (value.isObject() && !value.isEmpty()) {
      Iterator<Map.Entry<String, JsonNode>> entries = value.fields();
      while (entries.hasNext()) {
        Map.Entry<String, JsonNode> entry = entries.next();
        write(page, key.isEmpty() ? entry.getKey() : key + "." + entry.getKey(), entry.getValue());
      }
    } else if (!value.isNull()) {
      page.fact(key, value.isTextual() ? value.textValue() : value.toString());
    }
  }
}
