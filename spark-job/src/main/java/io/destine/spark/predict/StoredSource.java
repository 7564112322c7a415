package io.destine.spark.predict;

import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.conf.SourceConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.source.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The source configured in a model for its rows. A model may come from an untrusted origin, so its
 * settings are used without confirmation only if they can only read files and compare values: not
 * if they contain other formats, options of other libraries, functions that may run code, or
 * environment variables.
 */
final class StoredSource {
  private static final Set<String> FORMATS =
      Set.of("csv", "tsv", "json", "parquet", "orc", "avro", "libfm", "svmlight");

  /** Allowed options, in lower case, as Spark compares them. */
  private static final Set<String> OPTIONS =
      Set.of(
          "sep",
          "delimiter",
          "quote",
          "escape",
          "comment",
          "encoding",
          "charset",
          "header",
          "nullvalue",
          "emptyvalue",
          "nanvalue",
          "positiveinf",
          "negativeinf",
          "ignoreleadingwhitespace",
          "ignoretrailingwhitespace",
          "dateformat",
          "timestampformat",
          "timestampntzformat",
          "locale",
          "multiline",
          "linesep",
          "maxcolumns",
          "maxcharspercolumn",
          "chartoescapequoteescaping",
          "unescapedquotehandling",
          "mode",
          "recursivefilelookup",
          "pathglobfilter",
          "modifiedbefore",
          "modifiedafter",
          "mergeschema",
          "basepath",
          "inferschema",
          "samplingratio",
          "timezone",
          "primitivesasstring",
          "prefersdecimal",
          "allowcomments",
          "allowunquotedfieldnames",
          "allowsinglequotes",
          "allownumericleadingzeros",
          "dropfieldifallnull");

  private StoredSource() {}

  /**
   * Checks the source of a model.
   *
   * @param model its directory
   * @param own the source configured in the model
   * @param source the source to read; parts that differ from the configured ones come from the user
   * @param overrides {@code key=value} of the command: settings given by the user are trusted
   * @throws UserError naming each setting that requires confirmation
   */
  static void requireHarmless(
      String model, SourceConfig own, SourceConfig source, List<String> overrides) {
    requireHarmless(model, "source", own, source, overrides);
  }

  /**
   * The same for a source in another section.
   *
   * @param section its key
   */
  static void requireHarmless(
      String model, String section, SourceConfig own, SourceConfig source, List<String> overrides) {
    List<String> problems = new ArrayList<>();
    boolean files = source.rows().table().isEmpty();
    if (files
        && !FORMATS.contains(source.form().format().toLowerCase(Locale.ROOT))
        && !given(overrides, section, "format")) {
      problems.add(section + ".format = " + source.form().format());
    }
    source
        .form()
        .options()
        .forEach(
            (name, value) -> {
              boolean plain = OPTIONS.contains(name.toLowerCase(Locale.ROOT));
              if (files
                  && (!plain || value.contains("${"))
                  && !given(overrides, section, "options", name)) {
                problems.add(section + ".options." + name);
              }
            });
    if (!given(overrides, section, "where")) {
      source.rows().where().stream()
          .filter(own.rows().where()::contains)
          .flatMap(where -> new Condition(section + ".where", where).beyondComparisons().stream())
          .forEach(part -> problems.add(section + ".where with " + part));
    }
    if (!problems.isEmpty()) {
      throw new UserError(
          "model "
              + model
              + " sets "
              + String.join("; ", problems)
              + ": such settings of a model from elsewhere can run code or read secrets. Add"
              + " --trust-model if it is yours, or give the settings with --set");
    }
  }

  private static boolean given(List<String> overrides, String section, String... names) {
    List<String> all = new ArrayList<>(List.of(section.split("\\.", 2)));
    all.addAll(List.of(names));
    return JobConfigReader.gives(overrides, all);
  }
}
