package io.destine.spark.app;

import io.destine.spark.conf.NearestName;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The problem of a command line, with suggestions. */
final class Misuse {
  private Misuse() {}

  static String text(ParameterException e) {
    List<String> unmatched = unmatched(e);
    if (unmatched.isEmpty()) {
      return e.getMessage();
    }
    String word = unmatched.get(0);
    CommandLine command = e.getCommandLine();
    CommandSpec spec = command.getCommandSpec();
    if (word.startsWith("-")) {
      List<String> options =
          spec.options().stream().flatMap(option -> Stream.of(option.names())).toList();
      String name = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
      return "unknown option " + name + of(spec) + NearestName.suggestion(name, options);
    }
    Collection<String> commands = visible(command);
    return commands.isEmpty()
        ? "unexpected word \"" + word + "\"" + of(spec)
        : "unknown command \"" + word + "\"" + suggestion(word, commands);
  }

  /** Unmatched words, which are the likely mistake even if something else is missing. */
  private static List<String> unmatched(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched) {
      return unmatched.getUnmatched();
    }
    return e instanceof MissingParameterException
        ? e.getCommandLine().getUnmatchedArguments()
        : List.of();
  }

  private static String of(CommandSpec spec) {
    return spec.parent() == null ? "" : " of " + spec.name();
  }

  private static List<String> visible(CommandLine command) {
    return command.getSubcommands().entrySet().stream()
        .filter(entry -> !entry.getValue().getCommandSpec().usageMessage().hidden())
        .map(java.util.Map.Entry::getKey)
        .toList();
  }

  private static String suggestion(String word, Collection<String> commands) {
    String nearest = NearestName.suggestion(word, commands);
    return nearest.isEmpty() ? "; commands are " + String.join(", ", commands) : nearest;
  }
}
