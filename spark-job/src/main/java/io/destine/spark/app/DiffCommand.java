package io.destine.spark.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.artifact.ModelFormatException;
import io.destine.spark.conf.UserError;
import io.destine.spark.predict.ModelDifference;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** diff: compares two models. */
@Command(
    name = "diff",
    mixinStandardHelpOptions = true,
    description = {
      "Prints how two models differ, causes before effects: program, settings, rows, vocabulary,"
          + " initial model, kernel, first epoch with different metrics, parameters, calibration.",
      "The exit code is 0 when vocabulary, parameters and calibration are equal, bit for bit, and 3"
          + " when they are not."
    })
final class DiffCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "A model directory, or a directory of nightly runs with its live model.")
  private String first;

  @Parameters(index = "1", paramLabel = "MODEL", description = "The model to compare with.")
  private String second;

  @Override
  public Integer call() {
    try (Session session = Session.open("diff", first)) {
      ModelDifference difference =
          ModelDifference.of(session.context().hadoopConfiguration(), first, second);
      return print(difference, difference.toJson());
    } catch (ModelFormatException e) {
      throw new UserError(e.getMessage());
    }
  }

  /** Prints the differences and the result; returns the exit code. */
  static int print(ModelDifference difference, ObjectNode json) {
    difference.entries().forEach(entry -> Console.err().println(entry));
    Console.err()
        .println(
            difference.equal()
                ? "equal: vocabulary, parameters and calibration are identical"
                : "different models");
    Console.result(json);
    return difference.equal() ? 0 : Main.REFUSED;
  }
}
