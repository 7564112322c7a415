package io.destine.spark.conf;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** HOCON with overrides, resolved, or one clear line about why not. */
final class HoconFile {
  private static final String OVERRIDE = "--set";

  private HoconFile() {}

  static Config read(Path file, List<String> overrides) {
    if (!Files.isRegularFile(file)) {
      throw new ConfigProblems(List.of(file + ": must be a configuration file, got no such file"));
    }
    return resolved(() -> ConfigFactory.parseFile(file.toFile()), overrides);
  }

  static Config parse(String hocon, List<String> overrides) {
    ConfigParseOptions named = ConfigParseOptions.defaults().setOriginDescription("configuration");
    return resolved(() -> ConfigFactory.parseString(hocon, named), overrides);
  }

  private static Config resolved(Supplier<Config> file, List<String> overrides) {
    try {
      Config config = ConfigFactory.empty(OVERRIDE);
      for (String override : overrides) {
        config = override(override).withFallback(config);
      }
      return config.withFallback(file.get()).resolve();
    } catch (ConfigException e) {
      throw new ConfigProblems(List.of(e.getMessage().replaceAll("\\s+", " ")));
    }
  }

  private static Config override(String keyAndValue) {
    int equals = keyAndValue.indexOf('=');
    if (equals < 1) {
      throw new ConfigProblems(
          List.of(OVERRIDE + ": must be key=value, got \"" + keyAndValue + "\""));
    }
    ConfigParseOptions named = ConfigParseOptions.defaults().setOriginDescription(OVERRIDE);
    try {
      return ConfigFactory.parseString(keyAndValue, named);
    } catch (ConfigException.Parse e) {
      String key = keyAndValue.substring(0, equals).strip();
      return ConfigFactory.parseMap(Map.of(key, keyAndValue.substring(equals + 1)), OVERRIDE);
    }
  }
}
