package io.destine.spark.ml;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleArrayParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.StringArrayParam;

/**
 * Writes the parameters in Python from those of the estimator. Run by the build as {@code
 * PythonSources FILE}.
 */
final class PythonSources {
  /** The parameters that a model has setters for. */
  private static final Set<String> OUTPUTS =
      Set.of(
          "predictionCol",
          "probabilityCol",
          "rawPredictionCol",
          "explanationCol",
          "threshold",
          "thresholds",
          "handleInvalid");

  private static final DestineClassifier CLASSIFIER = new DestineClassifier("destine");

  private PythonSources() {}

  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[0]);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text());
  }

  /** Types of Python and how a value is converted, by the class of a parameter. */
  private record PythonType(String name, String converter) {
    static PythonType of(Param<?> param) {
      if (param instanceof IntParam || param instanceof LongParam) {
        return new PythonType("int", "toInt");
      } else if (param instanceof DoubleParam) {
        return new PythonType("float", "toFloat");
      } else if (param instanceof BooleanParam) {
        return new PythonType("bool", "toBoolean");
      } else if (param instanceof StringArrayParam) {
        return new PythonType("List[str]", "toListString");
      } else if (param instanceof IntArrayParam) {
        return new PythonType("List[int]", "toListInt");
      } else if (param instanceof DoubleArrayParam) {
        return new PythonType("List[float]", "toListFloat");
      }
      return new PythonType("str", "toString");
    }
  }

  private static String text() {
    List<Param<?>> params = Arrays.asList(CLASSIFIER.params());
    StringBuilder text = new StringBuilder();
    text.append(
        """
        \"""Parameters of the estimator and the model. Generated from the Java classes.\"""

        from typing import Any, Dict, List, TypedDict, TypeVar

        from pyspark.ml.param import Param, Params, TypeConverters

        T = TypeVar("T", bound="OutputSetters")


        class FitArguments(TypedDict, total=False):
            \"""Arguments of an estimator.\"""

        """);
    params.forEach(p -> text.append("    %s: %s%n".formatted(p.name(), PythonType.of(p).name())));
    text.append("\n\nclass FitParams(Params):\n    \"\"\"Parameters and their values.\"\"\"\n");
    params.forEach(param -> text.append(param(param)));
    text.append(
        """


        class OutputSetters(FitParams):
            \"""Setters of the outputs that a model adds to a table.\"""
        """);
    params.stream().filter(p -> OUTPUTS.contains(p.name())).forEach(p -> text.append(setter(p)));
    text.append(
        """


        class FitSetters(OutputSetters):
            \"""Sets how a model is fitted.\"""
        """);
    params.stream().filter(p -> !OUTPUTS.contains(p.name())).forEach(p -> text.append(setter(p)));
    text.append("\n\nDEFAULTS: Dict[str, Any] = {\n");
    params.stream().filter(CLASSIFIER::hasDefault).forEach(p -> text.append(defaultValue(p)));
    return text.append("}\n").toString();
  }

  private static String param(Param<?> param) {
    PythonType type = PythonType.of(param);
    return """

        %s: "Param[%s]" = Param(
            Params._dummy(),
            "%s",
    %s
            typeConverter=TypeConverters.%s,
        )

        def get%s(self) -> %s:
            \"""Value of :py:attr:`%s`.\"""
            return self.getOrDefault(self.%s)
    """
        .formatted(
            param.name(),
            type.name(),
            param.name(),
            quoted(param.doc()),
            type.converter(),
            capital(param.name()),
            type.name(),
            param.name(),
            param.name());
  }

  private static String setter(Param<?> param) {
    String name = param.name();
    return """

        def set%s(self: T, value: %s) -> T:
            \"""Sets :py:attr:`%s`.\"""
            return self._set(%s=value)
    """
        .formatted(capital(name), PythonType.of(param).name(), name, name);
  }

  private static <V> String defaultValue(Param<V> param) {
    Object value = CLASSIFIER.getDefault(param).get();
    String text =
        value instanceof String
            ? "\"" + value + "\""
            : value instanceof Boolean
                ? capital(value.toString())
                : value instanceof int[] numbers ? Arrays.toString(numbers) : value.toString();
    return "    \"%s\": %s,%n".formatted(param.name(), text);
  }

  /** A text as literals of at most a line each. */
  private static String quoted(String text) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split("(?<= )")) {
      if (line.length() + word.length() > 78) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(word);
    }
    lines.add(line.toString());
    String literals =
        lines.stream()
            .map(l -> "        \"" + l.replace("\\", "\\\\").replace("\"", "\\\"") + "\"")
            .collect(Collectors.joining(System.lineSeparator()));
    return literals + ",";
  }

  private static String capital(String name) {
    return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
  }
}
