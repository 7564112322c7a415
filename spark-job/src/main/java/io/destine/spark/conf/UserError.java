package io.destine.spark.conf;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A mistake of the user, in the configuration, the data or the command line: one line per problem,
 * no stack trace, exit code 2.
 */
public class UserError extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final List<String> problems;

  /** An error with one line. */
  public UserError(String problem) {
    this(List.of(problem));
  }

  /** An error with several lines, at least one. */
  public UserError(List<String> problems) {
    super(String.join(System.lineSeparator(), problems));
    this.problems = List.copyOf(problems);
  }

  /** The same problems, with the keys of one section reported as keys of another. */
  public UserError inSection(String section, String instead) {
    Pattern keys = Pattern.compile("(?<![\\w./-])" + Pattern.quote(section + "."));
    String other = Matcher.quoteReplacement(instead + ".");
    return new UserError(
        problems.stream().map(line -> keys.matcher(line).replaceAll(other)).toList());
  }

  /** The problems, one line each. */
  public List<String> problems() {
    return problems;
  }
}
