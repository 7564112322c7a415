package io.destine.spark.conf;

import java.util.List;

/** Everything that is wrong with a configuration, one line per problem. */
public final class ConfigProblems extends UserError {
  private static final long serialVersionUID = 1;

  /** The given problems, at least one. */
  public ConfigProblems(List<String> problems) {
    super(problems);
  }
}
